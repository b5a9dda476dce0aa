// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/elementwise.h"

#include "exec/quantized.h"
#include "exec/xnnpack/operator_step.h"
#include "exec/xnnpack/operators.h"

namespace netfit::exec::xnnpack {
namespace {

std::size_t size(std::int64_t value) { return static_cast<std::size_t>(value); }
std::int8_t i8(std::int32_t value) { return static_cast<std::int8_t>(value); }

const std::int8_t* bytes(const std::byte* address) { return reinterpret_cast<const std::int8_t*>(address); }

}  // namespace

Result<std::unique_ptr<Step>> make_add(const NodeContext& context) {
  const ir::NodeView& node = context.node;
  if (&node.op() != &ir::kAdd || context.storage == ByteStorage::Unsigned) return nullptr;
  const ir::Value& first = node.input(0);
  const ir::Value& second = node.input(1);
  if (first.is_constant() || second.is_constant() || first.shape != second.shape) return nullptr;
  const auto a = byte_quant(first, context.storage);
  const auto b = byte_quant(second, context.storage);
  const auto out = byte_quant(node.output(), context.storage);
  if (!a || !b || !out || a->is_unsigned) return nullptr;
  const ByteRange range = clamped_range(*out, node.attrs<ir::BinaryAttrs>().activation);
  xnn_operator_t op = nullptr;
  const xnn_status status =
      xnn_create_add_nd_qs8(i8(a->zero_point), a->scale, i8(b->zero_point), b->scale, i8(out->zero_point), out->scale,
                            i8(range.low), i8(range.high), 0, &op);
  const std::size_t count = size(context.batch * node.output().shape.element_count());
  return finish(status, op, [count](xnn_operator_t self, const StepBuffers& buffers) {
    return xnn_setup_add_nd_qs8(self, 1, &count, 1, &count, bytes(buffers.inputs[0]), bytes(buffers.inputs[1]),
                                reinterpret_cast<std::int8_t*>(buffers.output), nullptr);
  });
}

}  // namespace netfit::exec::xnnpack
