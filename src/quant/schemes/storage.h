// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "ir/graph.h"

// What the schemes share that change how weights are stored and leave activations float.
namespace netfit::quant {

/// A constant of fewer elements stays float32 under float16: the operator and the tensor that widen it take some 150
/// bytes of a .tflite file, which 2 bytes an element must first save.
inline constexpr std::int64_t kLeastHalfElements = 80;

/// Weights of fewer elements stay float32 under dynamic range, as in TensorFlow's converter
/// (minimum_elements_for_weights of its quantize-weights pass).
inline constexpr std::int64_t kLeastDynamicElements = 1024;

/// Fails with every node and input that is not float throughout.
Result<void> check_float(const ir::Graph& graph, std::string_view scheme);

}  // namespace netfit::quant
