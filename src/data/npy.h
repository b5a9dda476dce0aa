// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "tensor/tensor.h"

namespace netfit::data {

/// An array in numpy's .npy format, versions 1 to 3, little-endian: f2, f4, i1, i2, i4, i8, u1 and b1 as they are, f8
/// rounded to f32 (there is no wider float here). Column-major arrays are turned into row-major ones.
Result<Tensor> parse_npy(std::span<const std::byte> bytes);

/// The reverse, version 1.0; i4 is written as i1.
base::Bytes print_npy(const Tensor& tensor);

/// The whole file at `path`, located.
Result<Tensor> load_npy(const std::filesystem::path& path);

/// The named arrays of an .npz file (stored or deflated), without the ending .npy; those that are missing are left out.
/// Other entries are not decoded.
Result<std::map<std::string, Tensor>> load_npz(const std::filesystem::path& path, std::span<const std::string> names);

/// All arrays of an .npz file.
Result<std::map<std::string, Tensor>> load_npz(const std::filesystem::path& path);

}  // namespace netfit::data
