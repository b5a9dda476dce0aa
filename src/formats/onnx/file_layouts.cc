// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/file_layouts.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "ir/ops.h"

namespace netfit::formats::onnx {
namespace {

using ir::Layout;

bool is_spatial(const ir::NodeView& node) {
  constexpr std::array kSpatial{&ir::kAveragePool2d, &ir::kBatchNorm, &ir::kConv2d, &ir::kDepthwiseConv2d,
                                &ir::kMaxPool2d};
  return std::ranges::find(kSpatial, &node.op()) != kSpatial.end() && node.input(0).shape.rank() >= 3;
}

// A mean that drops axes keeps the others; they must stay in order.
bool mean_keeps_order(const ir::NodeView& node) {
  const auto& attrs = node.attrs<ir::ReduceAttrs>();
  const int rank = node.input(0).shape.rank();
  std::int64_t last = -1;
  for (int axis = 0; axis < rank; ++axis) {
    if (std::ranges::find(attrs.axes, axis) != attrs.axes.end()) continue;
    const std::int64_t moved = file_axis(axis, rank, Layout::ChannelsFirst);
    if (moved < last) return false;
    last = moved;
  }
  return true;
}

// The op computes the same on channels-first data, once its attributes are adapted.
bool is_indifferent(const ir::NodeView& node) {
  const int rank = node.output().shape.rank();
  if (rank < 3 || node.op().permuted == nullptr) return false;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (!node.input(i).is_constant() && node.input(i).shape.rank() != rank) return false;
  }
  // The format's softmax has an axis of its own.
  return &node.op() == &ir::kSoftmax || node.op().permuted(node, channels_first_perm(rank)).has_value();
}

}  // namespace

std::vector<int> channels_first_perm(int rank) {
  std::vector<int> perm(static_cast<std::size_t>(rank));
  std::iota(perm.begin(), perm.end(), 0);
  if (rank >= 3) std::rotate(perm.begin() + 1, perm.end() - 1, perm.end());
  return perm;
}

std::int64_t file_axis(std::int64_t axis, int rank, Layout layout) {
  if (layout == Layout::ChannelsLast || rank < 3 || axis == 0) return axis;
  return axis == rank - 1 ? 1 : axis + 1;
}

Shape in_layout(const Shape& shape, Layout layout) {
  if (layout == Layout::ChannelsLast) return shape;
  Shape result = shape;
  const std::vector<int> perm = channels_first_perm(shape.rank());
  for (int i = 0; i < shape.rank(); ++i) result = result.with_dim(i, shape[perm[static_cast<std::size_t>(i)]]);
  return result;
}

bool moves_nothing(const Shape& shape) {
  if (shape.rank() < 3) return true;
  const std::int64_t channels = shape.dim(-1);
  return channels == 1 || shape.element_count() == shape[0] * channels;
}

FileLayouts::FileLayouts(const ir::Graph& graph) : graph_(graph), uses_(graph) {
  for (const ir::GraphInput& input : graph.inputs) layouts_[input.value] = input.layout;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    const Layout data = choose(node);
    wanted_[id] = data;
    layouts_[node.node().outputs[0]] = choose_result(node, data);
  }
}

Layout FileLayouts::of(ir::ValueId value) const {
  const auto found = layouts_.find(value);
  return found == layouts_.end() ? Layout::ChannelsLast : found->second;
}

bool FileLayouts::follows_channels_first(const ir::NodeView& node) const {
  const auto is_first = [&](ir::ValueId input) { return input.valid() && of(input) == Layout::ChannelsFirst; };
  return std::ranges::any_of(node.node().inputs, is_first);
}

Layout FileLayouts::choose(const ir::NodeView& node) const {
  if (is_spatial(node)) return Layout::ChannelsFirst;
  if (!follows_channels_first(node)) return Layout::ChannelsLast;
  bool follows = is_indifferent(node);
  if (&node.op() == &ir::kReshape) follows = moves_nothing(node.input(0).shape);
  if (&node.op() == &ir::kMean && !node.attrs<ir::ReduceAttrs>().keep_dims) follows = mean_keeps_order(node);
  // A transpose takes what is there and goes on from it.
  if (&node.op() == &ir::kTranspose) follows = true;
  return follows ? Layout::ChannelsFirst : Layout::ChannelsLast;
}

Layout FileLayouts::choose_result(const ir::NodeView& node, Layout data) const {
  if (is_spatial(node) || is_indifferent(node)) return data;
  if (&node.op() != &ir::kReshape) return Layout::ChannelsLast;
  const Shape& shape = node.output().shape;
  const bool free = shape.rank() == 4 && moves_nothing(shape);
  return free && wants_channels_first(node.node().outputs[0]) ? Layout::ChannelsFirst : Layout::ChannelsLast;
}

// As far as is known before the readers have been visited.
bool FileLayouts::wants_channels_first(ir::ValueId value) const {
  return std::ranges::any_of(uses_.readers(value), [&](ir::NodeId id) {
    const ir::NodeView reader(graph_, graph_.node(id));
    return is_spatial(reader) || (is_indifferent(reader) && follows_channels_first(reader));
  });
}

}  // namespace netfit::formats::onnx
