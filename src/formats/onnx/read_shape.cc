// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "formats/onnx/op_readers.h"
#include "formats/onnx/target_shape.h"
#include "ir/ops/reduce.h"
#include "ir/ops/shape.h"

namespace netfit::formats::onnx {
namespace {

Result<void> finish_reshape(NodeReader& node, Result<Shape> target) {
  const Shape shape = NETFIT_TRY(std::move(target));
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  std::vector<std::int64_t> dims(shape.dims().begin(), shape.dims().end());
  return node.finish(ir::kReshape, {value}, ir::Attrs::of(ir::ReshapeAttrs{std::move(dims)}));
}

// Paddings of Pad in the order of the data's axes: [0] before, [1] behind.
Result<std::array<std::vector<std::int64_t>, 2>> read_pads(const NodeReader& node, int rank) {
  const auto pads = NETFIT_TRY(node.input_or_attribute(1, "pads"));
  if (!pads) return bad_input("pads are missing");
  std::vector<std::int64_t> axes;
  if (node.has_input(3)) {
    axes = NETFIT_TRY(node.constant_integers(3, "axes"));
  } else {
    for (int i = 0; i < rank; ++i) axes.push_back(i);
  }
  if (pads->size() != 2 * axes.size()) {
    return bad_input(fmt::format("{} pads do not go with {} axes", pads->size(), axes.size()));
  }
  std::array<std::vector<std::int64_t>, 2> result;
  result.fill(std::vector<std::int64_t>(static_cast<std::size_t>(rank), 0));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto axis = static_cast<std::size_t>(NETFIT_TRY(normal_axis(axes[i], rank)));
    result[0][axis] = (*pads)[i];
    result[1][axis] = (*pads)[i + axes.size()];
  }
  return result;
}

// Axes of ReduceMean, ascending; none given means all.
Result<std::vector<std::int64_t>> read_axes(const NodeReader& node, int rank) {
  const auto given = NETFIT_TRY(node.input_or_attribute(1, "axes"));
  if (!given || given->empty()) return bad_input("a mean over all axes, the batch among them, is not supported");
  std::vector<std::int64_t> axes;
  for (const std::int64_t axis : *given) axes.push_back(NETFIT_TRY(normal_axis(axis, rank)));
  std::ranges::sort(axes);
  if (axes.front() == 0) return bad_input("a mean over the batch is not supported");
  return axes;
}

}  // namespace

Result<void> read_concat(NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  std::vector<ir::ValueId> inputs;
  for (std::size_t i = 0; i < node.input_count(); ++i) inputs.push_back(NETFIT_TRY(node.data(i)));
  const std::int64_t given = NETFIT_TRY(node.integer("axis", 0));
  const int axis = NETFIT_TRY(normal_axis(given, node.shape(inputs[0]).rank()));
  return node.finish(ir::kConcat, std::move(inputs), ir::Attrs::of(ir::ConcatAttrs{axis}));
}

Result<void> read_flatten(NodeReader& node) { return finish_reshape(node, flatten_target(node)); }
Result<void> read_reshape(NodeReader& node) { return finish_reshape(node, reshape_target(node)); }
Result<void> read_squeeze(NodeReader& node) { return finish_reshape(node, squeeze_target(node)); }
Result<void> read_unsqueeze(NodeReader& node) { return finish_reshape(node, unsqueeze_target(node)); }

Result<void> read_pad(NodeReader& node) {
  const std::string mode = NETFIT_TRY(node.word("mode", "constant"));
  if (mode != "constant") return bad_input("only constant padding is supported");
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  auto [before, after] = NETFIT_TRY(read_pads(node, node.shape(value).rank()));
  const float attribute = NETFIT_TRY(node.number("value", 0.0F));
  const std::optional<double> input = NETFIT_TRY(node.constant_number(2, "the padding's value"));
  const float filler = input ? static_cast<float>(*input) : attribute;
  return node.finish(ir::kPad, {value}, ir::Attrs::of(ir::PadAttrs{.before = before, .after = after, .value = filler}));
}

// A mean over whole images without kept axes leaves [n,c], for which layouts do not matter: so it takes the image
// channels-last, and no transpose stays behind.
Result<void> read_reduce_mean(NodeReader& node) {
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  const Shape shape = node.shape(value);
  std::vector<std::int64_t> axes = NETFIT_TRY(read_axes(node, shape.rank()));
  const bool keep_dims = NETFIT_TRY(node.integer("keepdims", 1)) != 0;
  const bool over_image = shape.rank() == 4 && axes == std::vector<std::int64_t>{2, 3};
  if (!over_image || keep_dims) {
    return node.finish(ir::kMean, {value}, ir::Attrs::of(ir::ReduceAttrs{std::move(axes), keep_dims}));
  }
  const ir::ValueId image = NETFIT_TRY(node.channels_last(value));
  return node.finish(ir::kMean, {image}, ir::Attrs::of(ir::ReduceAttrs{.axes = {1, 2}, .keep_dims = false}));
}

// Shapes are known at import, the batch being 1, so they are constants.
Result<void> read_shape(NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  const Shape& shape = node.input_shape(0);
  const int rank = shape.rank();
  const auto clamped = [rank](std::int64_t axis) {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(axis < 0 ? axis + rank : axis, 0, rank));
  };
  const std::size_t start = clamped(NETFIT_TRY(node.integer("start", 0)));
  const std::size_t end = clamped(NETFIT_TRY(node.integer("end", rank)));
  const auto dims = shape.dims().subspan(start, end > start ? end - start : 0);
  node.bind(Constant{.tensor = Tensor::from(Shape{std::ssize(dims)}, dims), .source = std::nullopt});
  return {};
}

Result<void> read_transpose(NodeReader& node) {
  const std::vector<int> perm = NETFIT_TRY(transpose_perm(node));
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  return node.finish(ir::kTranspose, {value},
                     ir::Attrs::of(ir::TransposeAttrs{std::vector<std::int64_t>(perm.begin(), perm.end())}));
}

}  // namespace netfit::formats::onnx
