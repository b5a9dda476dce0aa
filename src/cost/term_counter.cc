// SPDX-License-Identifier: Apache-2.0
// After a study of the ncnn rows: docs/cost-models.md, "Terms".
#include "cost/term_counter.h"

#include <algorithm>
#include <cmath>

#include "ir/ops.h"

namespace netfit::cost {
namespace {

constexpr double kKi = 1024.0;
constexpr double kMi = 1024.0 * 1024.0;
// Fewer positions than these don't fill the tiles of a matrix product.
constexpr double kSmallImage = 64.0;
constexpr double kStemChannels = 4.0;
constexpr double kGroupChannels = 16.0;  // more a group, and each group runs as a convolution of its own

struct Tiles {
  double points = 0.0;  // of one transformed tile
  double count = 0.0;
};

// F(side - 2, 3) works on tiles of side x side points and gives (side - 2)^2 outputs (Lavin and Gray, 2016).
Tiles tiles_of(double height, double width, double side) {
  return {side * side, std::ceil(height / (side - 2)) * std::ceil(width / (side - 2))};
}

}  // namespace

TermCounter::TermCounter(const ir::Graph& graph, const CountingRules& rules, const Typing& typing)
    : graph_(graph), rules_(rules), typing_(typing), known_(graph), uses_(graph) {
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (node.op().macs != nullptr && node.has_input(1)) weights_ += elements(node.input(1));
  }
}

TermCounts TermCounter::count(const Kernel& kernel) const {
  const ir::NodeView node(graph_, graph_.node(kernel.node));
  const bool int8 = kernel.arithmetic == DType::Int8;
  TermCounts counts;
  counts[Term::Layer] += 1;
  if (&node.op() == &ir::kConv2d || &node.op() == &ir::kDepthwiseConv2d) {
    count_conv(node, int8, counts);
  } else if (&node.op() == &ir::kFullyConnected) {
    // With several rows the weights are used again and again: a matrix product.
    const bool one_row = node.output().shape.element_count() == node.output().shape.dim(-1);
    if (rules_.tiled && one_row)
      count_tiled_product({.input_channels = static_cast<double>(node.input(1).shape[1]),
                           .output_channels = static_cast<double>(node.input(1).shape[0]),
                           .height = 1.0,
                           .width = 1.0,
                           .kernel_height = 1.0,
                           .kernel_width = 1.0},
                          int8, counts);
    else if (one_row || int8)
      count_fully_connected(elements(node.input(1)), int8, counts);
    else
      counts[Term::MatMul] += static_cast<double>(kernel.macs);
  } else {
    count_other(node, int8, counts);
  }
  if (kernel.macs > 0 && int8 && !rules_.as_int8) count_conversions(node, counts);
  if (&node.op() != &ir::kFullyConnected) count_traffic(node, counts);
  if (rules_.tiled && kernel.macs > 0) count_far_weights(node, int8, counts);
  if (rules_.flash_on_chip > 0 && kernel.macs > 0) count_external_weights(node, int8, counts);
  const ir::Node* next = follower(node.node().outputs.front());
  if (next != nullptr && kernel.macs > 0 && next->op != &ir::kRelu && next->op != &ir::kLeakyRelu &&
      std::ranges::find(rules_.fused_activations, next->op->name) != rules_.fused_activations.end()) {
    counts[int8 && rules_.as_int8 ? Term::Int8Elementwise : Term::FusedActivation] += elements(node.output());
  }
  return counts;
}

void TermCounter::count_conv(const ir::NodeView& node, bool int8, TermCounts& counts) const {
  const ir::Conv2dAttrs& attrs = node.attrs<ir::Conv2dAttrs>();
  const Shape& in = node.input(0).shape;
  const Shape& out = node.output().shape;
  const Shape& weights = node.input(1).shape;
  const auto groups = static_cast<double>(&node.op() == &ir::kConv2d ? ir::conv_groups(node) : in.dim(-1));
  ConvWindow window{.inputs = elements(node.input(0)),
                    .input_channels = static_cast<double>(in.dim(-1)) / groups,
                    .output_channels = static_cast<double>(out.dim(-1)),
                    .height = static_cast<double>(out[1]),
                    .width = static_cast<double>(out[2]),
                    .kernel_height = static_cast<double>(weights[1]),
                    .kernel_width = static_cast<double>(weights[2]),
                    .stride = static_cast<double>(attrs.stride.height * attrs.stride.width),
                    .dilated = attrs.dilation != ir::Extent2d{},
                    .macs = static_cast<double>(node.op().macs(node))};
  if (groups > 1 && window.input_channels == 1) return count_depthwise(window, int8, counts);
  if (rules_.tiled && groups == 1) return count_tiled_product(window, int8, counts);
  if (groups > 1) {
    counts[Term::Group] += groups;
    if (window.input_channels <= kGroupChannels && !int8) {
      counts[Term::Grouped] += window.macs;
      counts[Term::Patches] += window.inputs * window.taps() / window.stride;
      counts[Term::ConvOutput] += window.outputs();
      counts[Term::ConvWeights] += window.weights() / groups;
      return;
    }
    window.times = groups;
    window.inputs /= groups;
    window.output_channels /= groups;
    window.macs /= groups;
  }
  TermCounts one;
  int8 ? count_int8_window(window, one) : count_window(window, one);
  for (std::size_t i = 0; i < kTermCount; ++i) counts.counts[i] += window.times * one.counts[i];
}

// Every weight is used once, so that fetching it is the work.
void TermCounter::count_fully_connected(double weights, bool int8, TermCounts& counts) const {
  const double pairs_of_bytes = rules_.float_type == DType::Float16 ? 1.0 : 2.0;
  counts[int8 ? Term::Int8FullyConnected : Term::FullyConnected] += weights * (int8 ? 1.0 : pairs_of_bytes);
}

void TermCounter::count_external_weights(const ir::NodeView& node, bool int8, TermCounts& counts) const {
  const double size = int8 ? 1.0 : 4.0;
  if (size * weights_ > rules_.flash_on_chip) counts[Term::WeightsExternal] += size * elements(node.input(1));
}

void TermCounter::count_window(const ConvWindow& window, TermCounts& counts) const {
  const double positions = window.height * window.width;
  if (window.taps() == 1 && positions == 1) return count_fully_connected(window.weights(), false, counts);
  const double lanes = rules_.float_type == DType::Float16 ? 8.0 : 4.0;
  const double bytes = rules_.float_type == DType::Float16 ? 2.0 : 4.0;
  const bool three = window.kernel_height == 3 && window.kernel_width == 3;
  counts[Term::ConvOutput] += window.outputs();
  counts[Term::ConvPosition] += positions;
  if (window.taps() == 1) {
    counts[Term::Conv1x1] += round_up(window.output_channels, lanes) * window.input_channels * positions;
    counts[Term::Patches] += window.inputs / window.stride;
    counts[Term::ConvWeights] += window.weights();
    counts[Term::BeyondL1] += window.macs * ramp(window.inputs * bytes, 256 * kKi, 2 * kMi);
  } else if (rules_.winograd && three && window.stride == 1 && !window.dilated && window.input_channels > 4 &&
             (window.input_channels > 8 || window.output_channels > 8)) {
    const double in = window.input_channels;
    const double out = window.output_channels;
    const auto price = [&](const Tiles& tiles) { return tiles.count * tiles.points * (in * out + 8 * (in + out)); };
    Tiles best = tiles_of(window.height, window.width, 8);
    for (const double side : {6.0, 4.0}) {
      const Tiles tiles = tiles_of(window.height, window.width, side);
      if (price(tiles) < price(best)) best = tiles;
    }
    counts[Term::Winograd] += best.count * best.points * in * out;
    counts[Term::WinogradTransform] += best.count * best.points * (in + out);
    counts[Term::WinogradWeights] += best.points * in * out;
    return;
  } else {
    const bool stem = window.input_channels <= kStemChannels;
    counts[stem ? Term::Stem : Term::Conv] += window.macs;
    counts[stem ? Term::StemPatches : Term::Patches] += window.inputs * window.taps() / window.stride;
    counts[Term::ConvWeights] += window.weights();
  }
  if (positions < kSmallImage) counts[Term::SmallImage] += window.macs;
  if (std::fmod(window.input_channels, lanes) != 0 || std::fmod(window.output_channels, lanes) != 0) {
    counts[Term::Unaligned] += window.macs;
  }
}

void TermCounter::count_int8_window(const ConvWindow& window, TermCounts& counts) const {
  const double positions = window.height * window.width;
  if (window.taps() == 1 && positions == 1) return count_fully_connected(window.weights(), true, counts);
  const bool three = window.kernel_height == 3 && window.kernel_width == 3;
  counts[Term::Int8ConvOutput] += window.outputs();
  counts[Term::Int8ConvPosition] += positions;
  if (window.taps() == 1) {
    counts[Term::Int8Conv1x1] += window.macs;
    counts[Term::Int8Patches] += window.inputs / window.stride;
  } else if (rules_.winograd && three && window.stride == 1 && !window.dilated && window.input_channels > 8) {
    const Tiles tiles = tiles_of(window.height, window.width, 6);
    counts[Term::Int8Winograd] += tiles.count * tiles.points * window.input_channels * window.output_channels;
    counts[Term::Int8WinogradTransform] +=
        tiles.count * tiles.points * (window.input_channels + window.output_channels);
  } else {
    const bool stem = window.input_channels <= kStemChannels;
    counts[stem ? Term::Int8Stem : Term::Int8Conv] += window.macs;
    counts[stem ? Term::Int8StemPatches : Term::Int8Patches] += window.inputs * window.taps() / window.stride;
  }
  counts[Term::Int8Weights] += window.weights();
}

void TermCounter::count_depthwise(const ConvWindow& window, bool int8, TermCounts& counts) const {
  if (rules_.tiled) return count_tiled_depthwise(window, int8, counts);
  counts[int8 ? Term::Int8DepthwisePosition : Term::DepthwisePosition] += window.height * window.width;
  if (int8) {
    counts[Term::Int8Depthwise] += window.macs;
    counts[Term::Int8DepthwiseOutput] += window.outputs();
    return;
  }
  const double lanes = std::fmod(window.output_channels, 4.0) == 0 ? 1.0 : 2.0;
  if (window.kernel_height == 3 && window.kernel_width == 3 && window.stride <= 4 && !window.dilated) {
    const Term term = window.stride == 1 ? Term::Depthwise3x3 : Term::Depthwise3x3Stride2;
    counts[term] += lanes * window.outputs();
  } else {
    const double wide = window.kernel_height >= 7 ? 1.5 : 1.0;
    counts[Term::DepthwiseOther] += lanes * wide * window.macs;
  }
}

// Where data are float between integer kernels, each quantizes what it reads and widens what it writes, unless both
// sides of a value are such kernels and nobody else reads it.
void TermCounter::count_conversions(const ir::NodeView& node, TermCounts& counts) const {
  if (!stays_int8(node.node().inputs.front())) counts[Term::Int8Quantize] += elements(node.input(0));
  if (!stays_int8(node.node().outputs.front())) counts[Term::Int8Quantize] += elements(node.output());
}

bool TermCounter::is_int8_conv(ir::NodeId id) const {
  if (!id.valid()) return false;
  const ir::NodeView node(graph_, graph_.node(id));
  return node.op().macs != nullptr && node.has_input(1) && type_of(node.input(1), typing_) == DType::Int8 &&
         &node.op() != &ir::kFullyConnected;
}

bool TermCounter::stays_int8(ir::ValueId value) const {
  return uses_.has_single_reader(value) && is_int8_conv(uses_.producer(value)) &&
         is_int8_conv(uses_.readers(value).front());
}

// The node that alone reads `value`.
const ir::Node* TermCounter::follower(ir::ValueId value) const {
  return uses_.has_single_reader(value) ? &graph_.node(uses_.readers(value).front()) : nullptr;
}

void TermCounter::count_traffic(const ir::NodeView& node, TermCounts& counts) const {
  double traffic = 0.0;
  for (const ir::ValueId output : node.node().outputs) {
    traffic += static_cast<double>(bytes_of(graph_.value(output), typing_));
  }
  for (const ir::ValueId input : node.node().inputs) {
    if (input.valid() && !known_.contains(input)) {
      traffic += static_cast<double>(bytes_of(graph_.value(input), typing_));
    }
  }
  counts[Term::BeyondL2] += traffic * ramp(traffic, 256 * kKi, 2 * kMi);
  counts[Term::BeyondL3] += traffic * ramp(traffic, 2 * kMi, 16 * kMi);
}

}  // namespace netfit::cost
