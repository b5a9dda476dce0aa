// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <numeric>

#include <fmt/format.h>

#include "formats/onnx/op_readers.h"
#include "ir/ops/activation.h"
#include "ir/ops/shape.h"

namespace netfit::formats::onnx {
namespace {

Result<void> finish_pointwise(NodeReader& node, const ir::OpSpec& op, ir::Attrs attrs = {}) {
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  return node.finish(op, {value}, std::move(attrs));
}

// A limit of Clip: an attribute before opset 11, an input since.
Result<float> clip_limit(const NodeReader& node, std::size_t input, std::string_view name, float fallback) {
  if (node.opset() < 11) return node.number(name, fallback);
  const std::optional<double> limit = NETFIT_TRY(node.constant_number(input, name));
  return limit ? static_cast<float>(*limit) : fallback;
}

// Softmax over the last axis of [1, before, after], which is what opsets before 13 do to any shape.
Result<void> finish_flattened_softmax(NodeReader& node, ir::ValueId value, int axis) {
  const Shape shape = node.shape(value);
  std::int64_t before = 1;
  for (int i = 0; i < axis; ++i) before *= shape[i];
  const std::int64_t after = before == 0 ? 0 : shape.element_count() / before;
  const ir::ValueId flat =
      NETFIT_TRY(node.add(ir::kReshape, {value}, ir::Attrs::of(ir::ReshapeAttrs{{1, before, after}}), "flat"));
  const ir::ValueId result = NETFIT_TRY(node.add(ir::kSoftmax, {flat}, ir::Attrs::of(ir::SoftmaxAttrs{}), "softmax"));
  std::vector<std::int64_t> dims(shape.dims().begin(), shape.dims().end());
  return node.finish(ir::kReshape, {result}, ir::Attrs::of(ir::ReshapeAttrs{std::move(dims)}));
}

Result<void> finish_softmax_over(NodeReader& node, ir::ValueId value, int axis) {
  const int rank = node.shape(value).rank();
  const ir::Attrs attrs = ir::Attrs::of(ir::SoftmaxAttrs{});
  if (axis == rank - 1) return node.finish(ir::kSoftmax, {value}, attrs);
  if (axis == 1) {
    const ir::ValueId last = NETFIT_TRY(node.channels_last(value));
    return node.finish_channels_last(ir::kSoftmax, {last}, attrs);
  }
  // Exchanging two axes is its own inverse.
  std::vector<std::int64_t> perm(static_cast<std::size_t>(rank));
  std::iota(perm.begin(), perm.end(), std::int64_t{0});
  std::swap(perm[static_cast<std::size_t>(axis)], perm.back());
  const ir::Attrs exchange = ir::Attrs::of(ir::TransposeAttrs{perm});
  const ir::ValueId last = NETFIT_TRY(node.add(ir::kTranspose, {value}, exchange, "axis_last"));
  const ir::ValueId result = NETFIT_TRY(node.add(ir::kSoftmax, {last}, attrs, "softmax"));
  return node.finish(ir::kTranspose, {result}, exchange);
}

}  // namespace

Result<void> read_clip(NodeReader& node) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float low = NETFIT_TRY(clip_limit(node, 1, "min", -kInfinity));
  const float high = NETFIT_TRY(clip_limit(node, 2, "max", kInfinity));
  // Exporters write "no limit" as the largest finite number, too.
  constexpr float kMost = std::numeric_limits<float>::max();
  const bool open_above = high >= kMost;
  if (low <= -kMost && open_above) return node.forward();
  if (low == 0.0F && open_above) return finish_pointwise(node, ir::kRelu);
  if (low == 0.0F && high == 6.0F) return finish_pointwise(node, ir::kRelu6);
  if (low == -1.0F && high == 1.0F) return finish_pointwise(node, ir::kReluN1To1);
  return bad_input(fmt::format("limits [{}, {}] are not supported (allowed: [0, inf], [0, 6], [-1, 1])", low, high));
}

Result<void> read_hard_sigmoid(NodeReader& node) {
  const float alpha = NETFIT_TRY(node.number("alpha", 0.2F));
  const float beta = NETFIT_TRY(node.number("beta", 0.5F));
  return finish_pointwise(node, ir::kHardSigmoid, ir::Attrs::of(ir::HardSigmoidAttrs{.alpha = alpha, .beta = beta}));
}

Result<void> read_leaky_relu(NodeReader& node) {
  const float alpha = NETFIT_TRY(node.number("alpha", 0.01F));
  return finish_pointwise(node, ir::kLeakyRelu, ir::Attrs::of(ir::LeakyReluAttrs{alpha}));
}

Result<void> read_hard_swish(NodeReader& node) { return finish_pointwise(node, ir::kHardSwish); }
Result<void> read_relu(NodeReader& node) { return finish_pointwise(node, ir::kRelu); }
Result<void> read_sigmoid(NodeReader& node) { return finish_pointwise(node, ir::kSigmoid); }

Result<void> read_softmax(NodeReader& node) {
  const bool flattens = node.opset() < 13;
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  const Shape shape = node.shape(value);
  std::int64_t axis = NETFIT_TRY(node.integer("axis", flattens ? 1 : -1));
  if (axis < 0) axis += shape.rank();
  if (axis < 1 || axis >= shape.rank()) {
    return bad_input(fmt::format("axis {} is not supported for shape {} (allowed: 1 to {})", axis, to_string(shape),
                                 shape.rank() - 1));
  }
  const int last = static_cast<int>(axis);
  std::int64_t behind = 1;
  for (int i = last + 1; i < shape.rank(); ++i) behind *= shape[i];
  if (flattens && behind != 1) return finish_flattened_softmax(node, value, last);
  return finish_softmax_over(node, value, last);
}

}  // namespace netfit::formats::onnx
