// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/elementwise.h"

#include "interp/kernels/affine.h"
#include "ir/ops/elementwise.h"

namespace netfit::interp {
namespace {

/// Element strides of an operand along the axes of the result: 0 where it is broadcast.
std::vector<std::int64_t> broadcast_strides(const Shape& operand, const Shape& result) {
  const std::vector<std::int64_t> own = tensor::strides(operand);
  std::vector<std::int64_t> steps(static_cast<std::size_t>(result.rank()), 0);
  const int missing = result.rank() - operand.rank();
  for (int axis = 0; axis < operand.rank(); ++axis) {
    if (operand[axis] != 1) steps[static_cast<std::size_t>(axis + missing)] = own[static_cast<std::size_t>(axis)];
  }
  return steps;
}

/// result[i] = apply(a[i], b[i]) with numpy's broadcasting.
template <typename T, typename Apply>
Tensor combine(const Tensor& a, const Tensor& b, const Shape& shape, const Apply& apply) {
  Tensor result(a.dtype(), shape);
  const std::span<T> out = result.mutable_data<T>();
  const std::span<const T> left = a.data<T>();
  const std::span<const T> right = b.data<T>();
  if (a.shape() == b.shape()) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = apply(left[i], right[i]);
    return result;
  }
  const std::vector<std::int64_t> left_steps = broadcast_strides(a.shape(), shape);
  const std::vector<std::int64_t> right_steps = broadcast_strides(b.shape(), shape);
  std::vector<std::int64_t> index(left_steps.size(), 0);
  std::int64_t at_left = 0;
  std::int64_t at_right = 0;
  for (T& element : out) {
    element = apply(left[static_cast<std::size_t>(at_left)], right[static_cast<std::size_t>(at_right)]);
    for (std::size_t axis = index.size(); axis-- > 0;) {
      at_left += left_steps[axis];
      at_right += right_steps[axis];
      if (++index[axis] < shape[static_cast<int>(axis)]) break;
      at_left -= left_steps[axis] * index[axis];
      at_right -= right_steps[axis] * index[axis];
      index[axis] = 0;
    }
  }
  return result;
}

template <typename T, typename Apply>
Step combined(const ir::NodeView& node, Apply apply) {
  return [shape = node.output().shape, apply = std::move(apply)](std::span<const Tensor> inputs) {
    return combine<T>(inputs[0], inputs[1], shape, apply);
  };
}

ir::Activation activation_of(const ir::NodeView& node) { return node.attrs<ir::BinaryAttrs>().activation; }

template <typename Operation>
Step prepare_float(const ir::NodeView& node, Operation operation) {
  const ir::ActivationRange range = ir::range_of(activation_of(node));
  return combined<float>(node,
                         [=](float a, float b) { return std::min(std::max(operation(a, b), range.low), range.high); });
}

/// Parameters of an integer node with two operands.
struct Operands {
  Affine left;
  Affine right;
  Affine result;
  Limits limits;
};

Result<Operands> operands_of(const ir::NodeView& node) {
  Operands operands;
  operands.left = NETFIT_TRY(affine_of(node.input(0)));
  operands.right = NETFIT_TRY(affine_of(node.input(1)));
  operands.result = NETFIT_TRY(affine_of(node.output()));
  operands.limits = limits_of(activation_of(node), operands.result, node.output().dtype);
  return operands;
}

// Both operands are brought to twice the larger scale, with `headroom` more bits, so that their sum cannot overflow.
template <typename T>
Result<Step> prepare_sum(const ir::NodeView& node, int sign) {
  constexpr int kHeadroom = sizeof(T) == 1 ? 20 : 15;
  const Operands operands = NETFIT_TRY(operands_of(node));
  const double common = 2.0 * static_cast<double>(std::max(operands.left.scale, operands.right.scale));
  const auto left = NETFIT_TRY(create_multiplier(static_cast<double>(operands.left.scale) / common));
  const auto right = NETFIT_TRY(create_multiplier(static_cast<double>(operands.right.scale) / common));
  const auto result = NETFIT_TRY(
      create_multiplier(common / (static_cast<double>(1 << kHeadroom) * static_cast<double>(operands.result.scale))));
  return combined<T>(node, [=](T a, T b) {
    const std::int32_t scaled_a = tensor::multiply((a - operands.left.zero_point) * (1 << kHeadroom), left);
    const std::int32_t scaled_b = tensor::multiply((b - operands.right.zero_point) * (1 << kHeadroom), right);
    const std::int64_t scaled = tensor::multiply(scaled_a + sign * scaled_b, result);
    return static_cast<T>(operands.limits.clamp(scaled + operands.result.zero_point));
  });
}

template <typename T>
Result<Step> prepare_product(const ir::NodeView& node) {
  const Operands operands = NETFIT_TRY(operands_of(node));
  // The reference kernels compute this quotient in float.
  const float real = operands.left.scale * operands.right.scale / operands.result.scale;
  const auto multiplier = NETFIT_TRY(create_multiplier(static_cast<double>(real)));
  return combined<T>(node, [=](T a, T b) {
    const std::int32_t product = (a - operands.left.zero_point) * (b - operands.right.zero_point);
    const std::int64_t scaled = tensor::multiply(product, multiplier);
    return static_cast<T>(operands.limits.clamp(scaled + operands.result.zero_point));
  });
}

}  // namespace

Result<Step> prepare_add(const ir::NodeView& node) {
  switch (node.input(0).dtype) {
    case DType::Float32:
      return prepare_float(node, [](float a, float b) { return a + b; });
    case DType::Int8:
      return prepare_sum<std::int8_t>(node, 1);
    case DType::Int16:
      return prepare_sum<std::int16_t>(node, 1);
    default:
      return no_kernel(node);
  }
}

Result<Step> prepare_sub(const ir::NodeView& node) {
  switch (node.input(0).dtype) {
    case DType::Float32:
      return prepare_float(node, [](float a, float b) { return a - b; });
    case DType::Int8:
      return prepare_sum<std::int8_t>(node, -1);
    case DType::Int16:
      return prepare_sum<std::int16_t>(node, -1);
    default:
      return no_kernel(node);
  }
}

Result<Step> prepare_mul(const ir::NodeView& node) {
  switch (node.input(0).dtype) {
    case DType::Float32:
      return prepare_float(node, [](float a, float b) { return a * b; });
    case DType::Int8:
      return prepare_product<std::int8_t>(node);
    case DType::Int16:
      return prepare_product<std::int16_t>(node);
    default:
      return no_kernel(node);
  }
}

Result<Step> prepare_div(const ir::NodeView& node) {
  if (node.input(0).dtype != DType::Float32) return no_kernel(node);
  return prepare_float(node, [](float a, float b) { return a / b; });
}

}  // namespace netfit::interp
