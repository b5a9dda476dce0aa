// SPDX-License-Identifier: Apache-2.0
#include "exec/kernels/broadcast.h"

namespace netfit::exec::kernels {
namespace {

// An axis of the result, with how far one step along it moves in each operand.
struct Axis {
  std::int64_t extent;
  std::int64_t stride_a;
  std::int64_t stride_b;
};

// Strides of `value` aligned to the result's axes; 0 where it is repeated.
std::vector<std::int64_t> aligned_strides(const ir::Value& value, const Shape& result) {
  std::vector<std::int64_t> aligned(static_cast<std::size_t>(result.rank()), 0);
  const std::vector<std::int64_t> strides = tensor::strides(value.shape);
  const int missing = result.rank() - value.shape.rank();
  for (int axis = 0; axis < value.shape.rank(); ++axis) {
    if (value.shape[axis] != 1)
      aligned[static_cast<std::size_t>(axis + missing)] = strides[static_cast<std::size_t>(axis)];
  }
  return aligned;
}

std::int64_t batch_stride(const ir::Value& value) { return value.is_constant() ? 0 : value.shape.element_count(); }

// Innermost last; axes of extent 1 are gone, and neighbours that both operands see as one are one.
std::vector<Axis> merged_axes(const NodeContext& context) {
  const ir::Value& a = context.node.input(0);
  const ir::Value& b = context.node.input(1);
  const Shape& result = context.node.output().shape;
  const std::vector<std::int64_t> strides_a = aligned_strides(a, result);
  const std::vector<std::int64_t> strides_b = aligned_strides(b, result);
  std::vector<Axis> axes{{context.batch, batch_stride(a), batch_stride(b)}};
  for (int i = 0; i < result.rank(); ++i) {
    const Axis inner{result[i], strides_a[static_cast<std::size_t>(i)], strides_b[static_cast<std::size_t>(i)]};
    Axis& outer = axes.back();
    if (inner.extent == 1) continue;
    if (outer.extent == 1) {
      outer = inner;
    } else if (outer.stride_a == inner.stride_a * inner.extent && outer.stride_b == inner.stride_b * inner.extent) {
      outer = {outer.extent * inner.extent, inner.stride_a, inner.stride_b};
    } else {
      axes.push_back(inner);
    }
  }
  return axes;
}

}  // namespace

BroadcastPlan plan_broadcast(const NodeContext& context) {
  std::vector<Axis> axes = merged_axes(context);
  const Axis inner = axes.back();
  axes.pop_back();
  BroadcastPlan plan{.rows = {{0, 0}}, .row_length = inner.extent, .step_a = inner.stride_a, .step_b = inner.stride_b};
  for (const Axis& axis : axes) {
    std::vector<BroadcastPlan::Row> rows;
    for (const BroadcastPlan::Row& row : plan.rows) {
      for (std::int64_t i = 0; i < axis.extent; ++i) {
        rows.push_back({row.a + i * axis.stride_a, row.b + i * axis.stride_b});
      }
    }
    plan.rows = std::move(rows);
  }
  return plan;
}

}  // namespace netfit::exec::kernels
