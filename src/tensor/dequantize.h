// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "tensor/quant_params.h"
#include "tensor/tensor.h"

namespace netfit::tensor {

/// The real numbers that stored elements stand for, as f32: half precision widened, which is exact, or scale * (q -
/// zero point), rounded once. `stored` is f16, or of an integer type and has `quant`.
Tensor dequantize(const Tensor& stored, const std::optional<QuantParams>& quant);

}  // namespace netfit::tensor
