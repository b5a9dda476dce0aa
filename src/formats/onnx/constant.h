// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>

#include "ir/graph.h"

namespace netfit::formats::onnx {

/// Integers that stand for reals.
struct QuantizedTensor {
  Tensor integers;
  QuantParams quant;
  std::string name;      ///< of the integers in the file
  bool is_int4 = false;  ///< the file holds them in 4 bits; here they are i8, which every fold can move
};

/// A tensor of the file that is known at import: an initializer, or what follows from constants and shapes alone.
struct Constant {
  Tensor tensor;
  /// Set if `tensor` is what a DequantizeLinear makes of integers: those integers, for nodes that compute on them.
  std::optional<QuantizedTensor> source;
  bool is_int4 = false;  ///< as above, of `tensor`
};

/// For each float constant of the graph that the file holds as integers: those integers, in the same axis order.
using QuantizedConstants = std::unordered_map<ir::ValueId, QuantizedTensor>;

/// In another axis order: result axis i is the source's axis perm[i]. `perm` must fit.
Constant transposed(const Constant& constant, std::span<const int> perm);

/// The reals of a quantized tensor whose parameters fit its shape.
Tensor dequantize(const QuantizedTensor& tensor);

/// The parameters of a QuantizeLinear or DequantizeLinear node, from its scale and zero point (nullptr: 0). `axis`
/// counts from the end when negative and matters if there is more than one scale. Fails on scales that are not positive
/// and finite, and on shapes that do not go together with `data`.
Result<QuantParams> quant_params(const Tensor& scale, const Tensor* zero_point, std::int64_t axis, const Shape& data);

/// u8 integers as i8 ones for the same reals: 128 less, zero points likewise. i8 stays.
QuantizedTensor as_signed(QuantizedTensor tensor);

}  // namespace netfit::formats::onnx
