// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/pad.h"

#include <cstring>

#include "interp/kernels/affine.h"
#include "ir/ops/shape.h"

namespace netfit::interp {
namespace {

template <typename T>
Tensor filled(const ir::Value& value, T element) {
  Tensor result(value.dtype, value.shape);
  std::ranges::fill(result.mutable_data<T>(), element);
  return result;
}

/// A tensor like the result, with the padding everywhere.
Result<Tensor> background(const ir::NodeView& node, float real) {
  const ir::Value& output = node.output();
  if (output.dtype == DType::Float32) return filled(output, real);
  const Affine affine = NETFIT_TRY(affine_of(output));
  const std::int32_t padding =
      tensor::quantize(real, affine.scale, affine.zero_point, static_cast<std::int32_t>(tensor::lowest(output.dtype)),
                       static_cast<std::int32_t>(tensor::highest(output.dtype)));
  switch (output.dtype) {
    case DType::Int8:
      return filled(output, static_cast<std::int8_t>(padding));
    case DType::UInt8:
      return filled(output, static_cast<std::uint8_t>(padding));
    case DType::Int16:
      return filled(output, static_cast<std::int16_t>(padding));
    default:
      return no_kernel(node);
  }
}

}  // namespace

Result<Step> prepare_pad(const ir::NodeView& node) {
  const DType dtype = node.output().dtype;
  if (dtype != DType::Float32 && dtype != DType::Int8 && dtype != DType::UInt8 && dtype != DType::Int16) {
    return no_kernel(node);
  }
  NETFIT_TRY(expect_same_affine(node));
  const auto& attrs = node.attrs<ir::PadAttrs>();
  const Tensor padding = NETFIT_TRY(background(node, attrs.value));
  return Step([padding, before = attrs.before](std::span<const Tensor> inputs) {
    const Shape& from = inputs[0].shape();
    Tensor result = padding;
    if (inputs[0].element_count() == 0) return result;
    const std::vector<std::int64_t> strides = tensor::strides(padding.shape());
    const auto width = static_cast<std::size_t>(tensor::bit_width(padding.dtype()) / 8);
    const std::size_t run = from.rank() == 0 ? 1 : static_cast<std::size_t>(from.dim(-1));
    std::byte* out = result.mutable_bytes().data();
    const std::byte* in = inputs[0].bytes().data();
    const std::byte* end = in + inputs[0].bytes().size();
    std::vector<std::int64_t> index(strides.size(), 0);
    for (; in < end; in += run * width) {
      std::int64_t offset = 0;
      for (std::size_t axis = 0; axis < index.size(); ++axis) offset += (index[axis] + before[axis]) * strides[axis];
      std::memcpy(out + static_cast<std::size_t>(offset) * width, in, run * width);
      // The last axis is copied as a whole.
      for (std::size_t axis = index.empty() ? 0 : index.size() - 1; axis-- > 0;) {
        if (++index[axis] < from[static_cast<int>(axis)]) break;
        index[axis] = 0;
      }
    }
    return result;
  });
}

}  // namespace netfit::interp
