// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/result.h"
#include "formats/tflite/schema_generated.h"
#include "ir/attr_types.h"
#include "tensor/quant_params.h"
#include "tensor/shape.h"

// Types and small enumerations of the file, and ours.
namespace netfit::formats::tflite {

Result<DType> read_dtype(schema::TensorType type);
schema::TensorType write_dtype(DType dtype);

/// Parameters of a tensor by the runtime's own rules: none without scales, one pair for the whole tensor, or one for
/// each index along the quantized dimension.
Result<std::optional<QuantParams>> read_quant(const schema::QuantizationParameters* params, DType dtype,
                                              const Shape& shape);

Result<ir::Activation> read_activation(schema::ActivationFunctionType type);
schema::ActivationFunctionType write_activation(ir::Activation activation);

/// What SAME means along one dimension: as much padding as makes the result ceil(in / stride) long, the odd pixel
/// behind.
struct SamePadding {
  std::int64_t before;
  std::int64_t after;
};
SamePadding same_padding(std::int64_t in, std::int64_t window, std::int64_t stride, std::int64_t dilation);

/// SAME for both dimensions of an image [n,h,w,c].
ir::Padding2d same_padding(const Shape& image, const ir::Extent2d& window, const ir::Extent2d& stride,
                           const ir::Extent2d& dilation);

}  // namespace netfit::formats::tflite
