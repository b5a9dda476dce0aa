// SPDX-License-Identifier: Apache-2.0
#include "train/layout.h"

#include <array>
#include <unordered_set>

#include "ir/ops.h"

namespace netfit::train {
namespace {

bool has_kernel(const ir::OpSpec& op) {
  return &op == &ir::kConv2d || &op == &ir::kDepthwiseConv2d || &op == &ir::kFullyConnected;
}

// Inputs of a batch norm: data, scale, shift, mean, variance.
constexpr std::size_t kFirstStatistic = 3;

Role role_of(const ir::Node& node, std::size_t input) {
  if (has_kernel(*node.op)) return input == 1 ? Role::Weight : input == 2 ? Role::Vector : Role::Fixed;
  if (node.op == &ir::kBatchNorm && input > 0) return input < kFirstStatistic ? Role::Vector : Role::Statistic;
  return Role::Fixed;
}

Slot make_slot(const ir::Graph& graph, const ir::Node& node, std::size_t input) {
  const ir::Value& value = graph.value(node.inputs[input]);
  Slot slot{.value = node.inputs[input], .role = role_of(node, input), .shape = value.shape};
  slot.depthwise = slot.role == Role::Weight && node.op == &ir::kDepthwiseConv2d;
  if (slot.depthwise) slot.shape = Shape{value.shape[3], value.shape[1], value.shape[2], 1};
  return slot;
}

std::int64_t& length_of(Layout& layout, Role role) {
  if (role == Role::Weight) return layout.weights;
  return role == Role::Vector ? layout.vectors : layout.statistics;
}

void number_steps(Layout& layout, QatScheme scheme) {
  for (Slot& slot : layout.slots) {
    if (slot.role != Role::Weight) continue;
    slot.step = layout.steps;
    slot.steps = scheme == QatScheme::Int8PerTensor ? 1 : slot.shape[0];
    layout.steps += slot.steps;
  }
}

// Axes of [1, height, width, out] in the order [out, height, width, 1], and back.
constexpr std::array kAroundDepthwise{3, 1, 2, 0};

}  // namespace

Layout make_layout(const ir::Graph& graph, const QatRecipe& qat) {
  Layout layout;
  std::unordered_set<ir::ValueId> seen;
  for (const ir::NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      if (!node.inputs[i].valid() || !graph.value(node.inputs[i]).is_constant()) continue;
      if (!seen.insert(node.inputs[i]).second) continue;
      Slot slot = make_slot(graph, node, i);
      if (slot.role != Role::Fixed) {
        std::int64_t& length = length_of(layout, slot.role);
        slot.offset = length;
        length += slot.shape.element_count();
      }
      layout.slots.push_back(std::move(slot));
    }
  }
  if (qat.scheme == QatScheme::None) return layout;
  RoundedValues rounded = find_rounded(graph);
  layout.rounded = std::move(rounded.values);
  layout.ranges = rounded.ranges;
  if (qat.weight_steps == WeightSteps::Learned) number_steps(layout, qat.scheme);
  return layout;
}

Tensor to_slot_order(const Tensor& constant, const Slot& slot) {
  return slot.depthwise ? tensor::transpose(constant, kAroundDepthwise) : constant;
}

Tensor to_graph_order(const Tensor& elements, const Slot& slot, const Shape& graph_shape) {
  const Tensor shaped = elements.reshaped(slot.shape);
  return slot.depthwise ? tensor::transpose(shaped, kAroundDepthwise) : shaped.reshaped(graph_shape);
}

}  // namespace netfit::train
