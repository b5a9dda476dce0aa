// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/onnx/constant.h"

namespace netfit::formats::onnx {

/// Fails unless weights are i8 and symmetric, which is what integer kernels compute with.
Result<void> check_quantized_weights(const QuantizedTensor& weights);

/// The i32 bias of an integer node: the file's own integers if their scale is that of the products, else the reals in
/// units of the products.
QuantizedTensor quantized_bias(const ir::Value& bias, const QuantizedTensor* source, const QuantParams& data,
                               const QuantParams& weights);

/// The bias that nodes with 16-bit data have: the same integers as i64.
QuantizedTensor as_int64(QuantizedTensor bias);

}  // namespace netfit::formats::onnx
