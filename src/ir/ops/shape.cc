// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/shape.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "ir/ops/infer.h"

namespace netfit::ir {
namespace {

// Shape ops move elements of any type.
Result<TensorType> infer_concat(const NodeView& node) {
  const std::int64_t wanted = node.attrs<ConcatAttrs>().axis;
  const Value& first = node.input(0);
  if (wanted < 0 || wanted >= first.shape.rank()) {
    return bad_input(fmt::format("axis {} does not exist in shape {}", wanted, to_string(first.shape)));
  }
  const auto axis = static_cast<int>(wanted);
  std::int64_t extent = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    const Value& input = node.input(i);
    if (input.dtype != first.dtype) {
      return bad_input(fmt::format("inputs have types {} and {}", name(first.dtype), name(input.dtype)));
    }
    if (input.shape.rank() != first.shape.rank() || input.shape.with_dim(axis, 0) != first.shape.with_dim(axis, 0)) {
      return bad_input(fmt::format("inputs have shapes {} and {}, which differ beside axis {}", to_string(first.shape),
                                   to_string(input.shape), axis));
    }
    extent += input.shape[axis];
  }
  std::vector<std::int64_t> dims(first.shape.dims().begin(), first.shape.dims().end());
  dims[static_cast<std::size_t>(axis)] = extent;
  Shape shape = NETFIT_TRY(Shape::create(dims));
  return TensorType{first.dtype, std::move(shape)};
}

std::optional<Attrs> permute_concat(const NodeView& node, std::span<const int> perm) {
  return Attrs::of(ConcatAttrs{perm[static_cast<std::size_t>(node.attrs<ConcatAttrs>().axis)]});
}

Result<TensorType> infer_pad(const NodeView& node) {
  const auto& attrs = node.attrs<PadAttrs>();
  const Shape& x = node.input(0).shape;
  if (std::isnan(attrs.value)) return bad_input("the padding value is not a number");
  if (std::ssize(attrs.before) != x.rank() || std::ssize(attrs.after) != x.rank()) {
    return bad_input(fmt::format("paddings {} and {} do not go with shape {}", attr_text(attrs.before),
                                 attr_text(attrs.after), to_string(x)));
  }
  std::vector<std::int64_t> dims;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const bool sane = attrs.before[i] >= 0 && attrs.after[i] >= 0 && attrs.before[i] <= tensor::kMaxElements &&
                      attrs.after[i] <= tensor::kMaxElements;
    if (!sane) return bad_input(fmt::format("padding {} is negative or huge", attr_text(attrs.before)));
    dims.push_back(attrs.before[i] + x[axis] + attrs.after[i]);
  }
  Shape shape = NETFIT_TRY(Shape::create(dims));
  return TensorType{node.input(0).dtype, std::move(shape)};
}

std::optional<Attrs> permute_pad(const NodeView& node, std::span<const int> perm) {
  const auto& attrs = node.attrs<PadAttrs>();
  PadAttrs permuted{.before = attrs.before, .after = attrs.after, .value = attrs.value};
  for (std::size_t i = 0; i < perm.size(); ++i) {
    permuted.before[static_cast<std::size_t>(perm[i])] = attrs.before[i];
    permuted.after[static_cast<std::size_t>(perm[i])] = attrs.after[i];
  }
  return Attrs::of(std::move(permuted));
}

Result<TensorType> infer_reshape(const NodeView& node) {
  const Value& x = node.input(0);
  Shape shape = NETFIT_TRY(Shape::create(node.attrs<ReshapeAttrs>().shape));
  if (shape.element_count() != x.shape.element_count()) {
    return bad_input(
        fmt::format("{} cannot become {}: the number of elements differs", to_string(x.shape), to_string(shape)));
  }
  return TensorType{x.dtype, std::move(shape)};
}

Result<TensorType> infer_transpose(const NodeView& node) {
  const std::vector<std::int64_t>& perm = node.attrs<TransposeAttrs>().perm;
  const Value& x = node.input(0);
  std::vector<std::int64_t> sorted = perm;
  std::ranges::sort(sorted);
  bool complete = std::ssize(perm) == x.shape.rank();
  for (std::size_t i = 0; complete && i < sorted.size(); ++i) complete = sorted[i] == static_cast<std::int64_t>(i);
  if (!complete) {
    return bad_input(fmt::format("{} is no permutation of the axes of {}", attr_text(perm), to_string(x.shape)));
  }
  std::vector<std::int64_t> dims;
  for (const std::int64_t axis : perm) dims.push_back(x.shape[static_cast<int>(axis)]);
  Shape shape = NETFIT_TRY(Shape::create(dims));
  return TensorType{x.dtype, std::move(shape)};
}

}  // namespace

// permute_concat and permute_pad are given perm with op(transpose(x)): axis i of what the op sees is axis perm[i] of x.
constinit const OpSpec kConcat{
    .name = "concat",
    .summary = "joins tensors along one axis",
    .inputs = {1, Arity::kMany},
    .data_inputs = Arity::kMany,
    .quant = QuantRule::SameAsData,
    .integer = IntegerForm::Computes,
    .codec = kCodec<ConcatAttrs>,
    .infer = &infer_concat,
    .permuted = &permute_concat,
};
constinit const OpSpec kPad{
    .name = "pad",
    .summary = "adds constant elements around a tensor",
    .quant = QuantRule::SameAsData,
    .integer = IntegerForm::Computes,
    .codec = kCodec<PadAttrs>,
    .infer = &infer_pad,
    .permuted = &permute_pad,
};
constinit const OpSpec kReshape{
    .name = "reshape",
    .summary = "the same elements in another shape",
    .quant = QuantRule::SameAsData,
    .integer = IntegerForm::Moves,
    .codec = kCodec<ReshapeAttrs>,
    .infer = &infer_reshape,
};
constinit const OpSpec kTranspose{
    .name = "transpose",
    .summary = "the same elements in another axis order",
    .quant = QuantRule::SameAsData,
    .integer = IntegerForm::Moves,
    .codec = kCodec<TransposeAttrs>,
    .infer = &infer_transpose,
};

}  // namespace netfit::ir
