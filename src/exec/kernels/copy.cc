// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "exec/kernels/kernels.h"
#include "exec/kernels/operand.h"
#include "exec/quantized.h"
#include "ir/ops/shape.h"
#include "tensor/fixed_point.h"

namespace netfit::exec::kernels {
namespace {

// A box of elements that moves: extents, and how far one step along each axis goes on both sides, in elements.
struct Box {
  std::vector<std::int64_t> extents;
  std::vector<std::int64_t> from;
  std::vector<std::int64_t> to;
};

void copy_box(const Box& box, std::size_t axis, const std::byte* source, std::byte* target, std::int64_t element) {
  const std::int64_t extent = box.extents[axis];
  const bool last = axis + 1 == box.extents.size();
  if (last && box.from[axis] == 1 && box.to[axis] == 1) {
    std::memcpy(target, source, static_cast<std::size_t>(extent * element));
    return;
  }
  for (std::int64_t i = 0; i < extent; ++i) {
    const std::byte* from = source + i * box.from[axis] * element;
    std::byte* to = target + i * box.to[axis] * element;
    if (last) {
      std::memcpy(to, from, static_cast<std::size_t>(element));
    } else {
      copy_box(box, axis + 1, from, to, element);
    }
  }
}

// One input of a node on its way into the result of one sample.
struct Move {
  Operand source;
  std::size_t input;
  std::int64_t sample_bytes;  // 0 for a constant, which is the same for all samples
  Box box;
  std::int64_t offset = 0;  // in the result, in elements
};

class CopyStep final : public Step {
 public:
  CopyStep(const NodeContext& context, std::vector<Move> moves, std::vector<std::byte> fill)
      : batch_(context.batch),
        element_(tensor::bytes_for(context.node.output().dtype, 1)),
        sample_bytes_(exec::sample_bytes(context.node.output())),
        moves_(std::move(moves)),
        fill_(std::move(fill)) {}

  Result<void> bind(StepBuffers buffers) override {
    for (Move& move : moves_) move.source.bind(buffers.inputs[move.input]);
    output_ = buffers.output;
    return {};
  }

  Result<void> run() override {
    for (std::int64_t sample = 0; sample < batch_; ++sample) {
      std::byte* out = output_ + sample * sample_bytes_;
      for (std::int64_t i = 0; !fill_.empty() && i < sample_bytes_; i += element_) {
        std::memcpy(out + i, fill_.data(), static_cast<std::size_t>(element_));
      }
      for (const Move& move : moves_) {
        copy_box(move.box, 0, move.source.data<std::byte>() + sample * move.sample_bytes, out + move.offset * element_,
                 element_);
      }
    }
    return {};
  }

 private:
  std::int64_t batch_;
  std::int64_t element_;
  std::int64_t sample_bytes_;
  std::vector<Move> moves_;
  std::vector<std::byte> fill_;  // one element for what no move reaches, or empty
  std::byte* output_ = nullptr;
};

Move make_move(const NodeContext& context, std::size_t input, std::vector<std::int64_t> to) {
  const ir::Value& value = context.node.input(input);
  const std::span<const std::int64_t> extents = value.shape.dims();
  return {.source = Operand(value, context.storage),
          .input = input,
          .sample_bytes = value.is_constant() ? 0 : sample_bytes(value),
          .box = {{extents.begin(), extents.end()}, tensor::strides(value.shape), std::move(to)}};
}

// One element that stands for `real`; empty where the type has no such number.
std::vector<std::byte> fill_element(const ir::Value& value, float real, ByteStorage storage) {
  std::vector<std::byte> element;
  if (value.dtype == DType::Float32) {
    element.resize(sizeof real);
    std::memcpy(element.data(), &real, sizeof real);
  } else if (const auto quant = byte_quant(value, storage)) {
    element.push_back(
        static_cast<std::byte>(tensor::quantize(real, quant->scale, quant->zero_point, quant->low, quant->high)));
  }
  return element;
}

Result<std::unique_ptr<Step>> make_pad(const NodeContext& context) {
  const auto& attrs = context.node.attrs<ir::PadAttrs>();
  std::vector<std::byte> fill = fill_element(context.node.output(), attrs.value, context.storage);
  if (fill.empty() || attrs.before[0] != 0 || attrs.after[0] != 0) return nullptr;
  const std::vector<std::int64_t> to = tensor::strides(context.node.output().shape);
  std::vector<Move> moves{make_move(context, 0, to)};
  for (std::size_t axis = 0; axis < to.size(); ++axis) moves[0].offset += attrs.before[axis] * to[axis];
  return std::make_unique<CopyStep>(context, std::move(moves), std::move(fill));
}

Result<std::unique_ptr<Step>> make_concat(const NodeContext& context) {
  const std::int64_t axis = context.node.attrs<ir::ConcatAttrs>().axis;
  if (axis == 0) return nullptr;
  const std::vector<std::int64_t> to = tensor::strides(context.node.output().shape);
  std::vector<Move> moves;
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < context.node.input_count(); ++i) {
    const ir::Value& input = context.node.input(i);
    // The op's rule is that integers keep their meaning; without it the numbers would have to change.
    if (input.quant != context.node.output().quant) return nullptr;
    moves.push_back(make_move(context, i, to));
    moves.back().offset = offset;
    offset += input.shape[static_cast<int>(axis)] * to[static_cast<std::size_t>(axis)];
  }
  return std::make_unique<CopyStep>(context, std::move(moves), std::vector<std::byte>{});
}

Result<std::unique_ptr<Step>> make_transpose(const NodeContext& context) {
  const std::vector<std::int64_t>& perm = context.node.attrs<ir::TransposeAttrs>().perm;
  const std::vector<std::int64_t> strides = tensor::strides(context.node.output().shape);
  std::vector<std::int64_t> to(perm.size());
  for (std::size_t i = 0; i < perm.size(); ++i) to[static_cast<std::size_t>(perm[i])] = strides[i];
  std::vector<Move> moves{make_move(context, 0, std::move(to))};
  return std::make_unique<CopyStep>(context, std::move(moves), std::vector<std::byte>{});
}

}  // namespace

Result<std::unique_ptr<Step>> make_copy(const NodeContext& context) {
  const ir::OpSpec& op = context.node.op();
  const ir::Value& output = context.node.output();
  if (output.dtype == DType::Int4 || output.shape.element_count() == 0) return nullptr;
  if (&op == &ir::kPad) return make_pad(context);
  if (&op == &ir::kConcat) return make_concat(context);
  if (&op == &ir::kTranspose) return make_transpose(context);
  return nullptr;
}

}  // namespace netfit::exec::kernels
