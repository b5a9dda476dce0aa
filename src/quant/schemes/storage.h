// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "ir/graph.h"
#include "passes/wiring.h"

// What the schemes share that change how weights are stored and leave activations float.
namespace netfit::quant {

/// A constant of fewer elements stays float32 under float16: the operator and the tensor that widen it take some 150
/// bytes of a .tflite file, which 2 bytes an element must first save.
inline constexpr std::int64_t kLeastHalfElements = 80;

/// What the operator and the tensor that widen one constant take of a .tflite file, in bytes, roughly.
inline constexpr std::int64_t kWideningBytes = 150;

/// Weights of fewer elements stay float32 under dynamic range, as in TensorFlow's converter
/// (minimum_elements_for_weights of its quantize-weights pass).
inline constexpr std::int64_t kLeastDynamicElements = 1024;

/// Elements as a file stores them; `params` for integers.
struct Stored {
  Tensor elements;
  std::optional<QuantParams> params;
};

/// Stores the constant `id` as `stored` for `readers`, which get it widened to float32 by one requantize in front of
/// the first of them. A constant that others read too stays as it is for them.
void store_widened(passes::Wiring& wiring, ir::ValueId id, const std::vector<ir::NodeId>& readers, Stored stored);

/// Makes the float32 constants half precision, of kLeastHalfElements and more, as far as nodes of which `wants_half` is
/// true read them. Fails with every constant that half precision cannot hold.
Result<void> store_halves(passes::Wiring& wiring, const std::function<bool(ir::NodeId)>& wants_half);

/// Fails with every node and input that is not float throughout.
Result<void> check_float(const ir::Graph& graph, std::string_view scheme);

}  // namespace netfit::quant
