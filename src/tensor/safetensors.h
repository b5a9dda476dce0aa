// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"
#include "tensor/tensor.h"

namespace netfit::tensor {

/// A .safetensors file: tensors by name, and text by name (github.com/huggingface/safetensors).
struct Safetensors {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

/// Types: f32, f16, u8, i64. Replaces the file in one step.
Result<void> write_safetensors(const Safetensors& contents, const std::filesystem::path& path);

/// Fails, located at the file, on whatever is not exactly such a file.
Result<Safetensors> read_safetensors(const std::filesystem::path& path);

}  // namespace netfit::tensor
