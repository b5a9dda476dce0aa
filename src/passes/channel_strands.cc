// SPDX-License-Identifier: Apache-2.0
//
// A union-find over (value, channel): each node joins or pins what it reads and gives. Strands are its sets, numbered
// in the order in which their first channels appear.

#include "passes/channel_strands.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "ir/ops.h"
#include "passes/layer_parameters.h"

namespace netfit::passes {

using ir::NodeId;
using ir::ValueId;

namespace {

std::size_t data_inputs(const ir::Node& node) {
  return std::min(node.inputs.size(), static_cast<std::size_t>(node.op->data_inputs));
}

class Sets {
 public:
  std::size_t add() {
    parents_.push_back(parents_.size());
    pinned_.push_back(false);
    return parents_.size() - 1;
  }
  std::size_t root(std::size_t slot) {
    while (parents_[slot] != slot) slot = parents_[slot] = parents_[parents_[slot]];
    return slot;
  }
  void join(std::size_t a, std::size_t b) {
    const std::size_t from = root(a);
    const std::size_t to = root(b);
    parents_[from] = to;
    pinned_[to] = pinned_[to] || pinned_[from];
  }
  void pin(std::size_t slot) { pinned_[root(slot)] = true; }
  bool is_pinned(std::size_t slot) { return pinned_[root(slot)]; }

 private:
  std::vector<std::size_t> parents_;
  std::vector<bool> pinned_;
};

/// Gives every channel a slot and follows the nodes.
class Links {
 public:
  Links(const ir::Graph& graph, StrandUse use) : graph_(graph), use_(use) {
    for (const ir::GraphInput& input : graph.inputs) add(input.value);
    for (const NodeId id : graph.order()) link(id);
    for (const ir::GraphInput& input : graph.inputs) pin(input.value);
    for (const ir::GraphOutput& output : graph.outputs) pin(output.value);
  }

  const std::vector<ValueId>& values() const { return values_; }
  const std::vector<std::size_t>& slots(ValueId value) const { return slots_.at(value); }
  Sets& sets() { return sets_; }

 private:
  void add(ValueId value) {
    if (slots_.contains(value)) return;
    const ir::Value& held = graph_.value(value);
    const bool has_channels = held.dtype == DType::Float32 && held.shape.rank() > 0;
    std::vector<std::size_t>& slots = slots_[value];
    for (std::int64_t c = 0; has_channels && c < held.shape.dim(-1); ++c) slots.push_back(sets_.add());
    values_.push_back(value);
  }

  void pin(ValueId value) {
    for (const std::size_t slot : slots(value)) sets_.pin(slot);
  }

  /// Channel i of `data` is channel i + offset of `result`.
  void join(ValueId data, ValueId result, std::size_t offset = 0) {
    for (std::size_t i = 0; i < slots(data).size(); ++i) sets_.join(slots(data)[i], slots(result)[i + offset]);
  }

  void pin_all(const ir::Node& node) {
    for (std::size_t i = 0; i < data_inputs(node); ++i) pin(node.inputs[i]);
    pin(node.outputs.front());
  }

  void link(NodeId id) {
    const ir::Node& node = graph_.node(id);
    for (std::size_t i = 0; i < data_inputs(node); ++i) add(node.inputs[i]);
    add(node.outputs.front());
    const bool is_layer = has_constant_parameters({graph_, node});
    if (is_layer && scales()) return;
    if (is_layer ? !link_layer(node) : !link_known(node)) pin_all(node);
  }

  bool scales() const { return use_ == StrandUse::Scale; }

  /// For removal. The channels of a group would have to go together with those of all others.
  bool link_layer(const ir::Node& node) {
    const std::vector<std::size_t>& data = slots(node.inputs.front());
    const std::vector<std::size_t>& result = slots(node.outputs.front());
    if (node.op == &ir::kDepthwiseConv2d) {
      for (std::size_t i = 0; i < result.size(); ++i) sets_.join(data[i / (result.size() / data.size())], result[i]);
      return true;
    }
    return node.op == &ir::kFullyConnected || ir::conv_groups({graph_, node}) == 1;
  }

  /// False for what does not keep channels apart, or clips and bends them.
  bool link_known(const ir::Node& node) {
    const ValueId data = node.inputs.front();
    const ValueId result = node.outputs.front();
    const auto is_one_of = [&](auto... ops) { return ((node.op == ops) || ...); };
    if (is_one_of(&ir::kAdd, &ir::kSub, &ir::kMul, &ir::kDiv)) return link_binary(node);
    if (node.op == &ir::kConcat) return link_concat(node);
    if (node.op == &ir::kPad) return link_pad(node);
    if (node.op == &ir::kReshape) return link_reshape(data, result);
    const bool keeps_factors = is_one_of(&ir::kAveragePool2d, &ir::kMaxPool2d, &ir::kRelu, &ir::kRelu6, &ir::kReluN1To1,
                                         &ir::kLeakyRelu, &ir::kMean, &ir::kTranspose);
    const bool keeps_channels = is_one_of(&ir::kHardSigmoid, &ir::kHardSwish, &ir::kSigmoid) || is_constant_norm(node);
    if (!keeps_factors && (scales() || !keeps_channels)) return false;
    if (!keeps_last_axis(node)) return false;
    join(data, result);
    return true;
  }

  bool is_constant_norm(const ir::Node& node) const {
    const auto is_constant = [&](ValueId id) { return graph_.value(id).is_constant(); };
    return node.op == &ir::kBatchNorm && std::ranges::all_of(std::span(node.inputs).subspan(1), is_constant);
  }

  bool keeps_last_axis(const ir::Node& node) const {
    const std::int64_t last = graph_.value(node.inputs.front()).shape.rank() - 1;
    if (node.op == &ir::kMean) return !std::ranges::count(node.attrs.as<ir::ReduceAttrs>().axes, last);
    return node.op != &ir::kTranspose || node.attrs.as<ir::TransposeAttrs>().perm.back() == last;
  }

  bool link_binary(const ir::Node& node) {
    if (!scales()) return link_channels(node);
    return node.op == &ir::kAdd || node.op == &ir::kSub ? link_sum(node) : link_product(node);
  }

  // An operand of one channel goes to all of the result's and loses none.
  bool link_channels(const ir::Node& node) {
    const ValueId result = node.outputs.front();
    for (const ValueId operand : node.inputs) {
      if (slots(operand).size() == slots(result).size()) join(operand, result);
    }
    return true;
  }

  bool link_sum(const ir::Node& node) {
    const ValueId result = node.outputs.front();
    const auto fits = [&](ValueId operand) { return slots(operand).size() == slots(result).size(); };
    if (!std::ranges::all_of(node.inputs, fits)) return false;
    for (const ValueId operand : node.inputs) join(operand, result);
    return true;
  }

  // One operand carries the channels, the other is what they are multiplied by and stays as it is.
  bool link_product(const ir::Node& node) {
    const ValueId result = node.outputs.front();
    const auto carries = [&](ValueId operand) { return graph_.value(operand).shape == graph_.value(result).shape; };
    const std::size_t carrier = node.op == &ir::kDiv || carries(node.inputs[0]) ? 0 : 1;
    if (!carries(node.inputs[carrier])) return false;
    join(node.inputs[carrier], result);
    pin(node.inputs[1 - carrier]);
    return true;
  }

  bool link_concat(const ir::Node& node) {
    const ValueId result = node.outputs.front();
    const bool side_by_side = node.attrs.as<ir::ConcatAttrs>().axis == graph_.value(result).shape.rank() - 1;
    std::size_t offset = 0;
    for (const ValueId operand : node.inputs) {
      join(operand, result, offset);
      if (side_by_side) offset += slots(operand).size();
    }
    return true;
  }

  bool link_pad(const ir::Node& node) {
    const auto& attrs = node.attrs.as<ir::PadAttrs>();
    if ((scales() && attrs.value != 0.0F) || attrs.before.back() != 0 || attrs.after.back() != 0) return false;
    join(node.inputs.front(), node.outputs.front());
    return true;
  }

  // The element at place i belongs to channel i mod (channels) of both.
  bool link_reshape(ValueId data, ValueId result) {
    const std::vector<std::size_t>& from = slots(data);
    const std::vector<std::size_t>& to = slots(result);
    if (from.empty() || to.empty()) return false;
    const auto elements = static_cast<std::size_t>(graph_.value(data).shape.element_count());
    const std::size_t repeats_after = std::lcm(from.size(), to.size());
    for (std::size_t i = 0; i < std::min(elements, repeats_after); ++i) {
      sets_.join(from[i % from.size()], to[i % to.size()]);
    }
    return true;
  }

  const ir::Graph& graph_;
  StrandUse use_;
  std::unordered_map<ValueId, std::vector<std::size_t>> slots_;
  std::vector<ValueId> values_;
  Sets sets_;
};

}  // namespace

ChannelStrands::ChannelStrands(const ir::Graph& graph, StrandUse use) {
  Links links(graph, use);
  std::unordered_map<std::size_t, Strand> numbers;
  for (const ValueId value : links.values()) {
    for (const std::size_t slot : links.slots(value)) {
      const auto [place, is_new] = numbers.try_emplace(links.sets().root(slot), numbers.size());
      if (is_new) pinned_.push_back(links.sets().is_pinned(slot));
      strands_[value].push_back(place->second);
    }
  }
  find_groups(graph);
}

// Again a union-find, of strands that meet in a value.
void ChannelStrands::find_groups(const ir::Graph& graph) {
  Sets sets;
  for (Strand strand = 0; strand < count(); ++strand) sets.add();
  std::vector<ValueId> values;
  for (const ir::GraphInput& input : graph.inputs) values.push_back(input.value);
  for (const NodeId id : graph.order()) values.push_back(graph.node(id).outputs.front());
  std::erase_if(values, [&](ValueId value) { return of(value).empty(); });
  for (const ValueId value : values) {
    for (const Strand strand : of(value)) sets.join(strand, of(value).front());
  }
  std::unordered_map<std::size_t, std::size_t> places;
  for (const ValueId value : values) {
    const auto [place, is_new] = places.try_emplace(sets.root(of(value).front()), groups_.size());
    if (is_new) groups_.emplace_back();
    groups_[place->second].values.push_back(value);
  }
  for (Strand strand = 0; strand < count(); ++strand) {
    const auto place = places.find(sets.root(strand));
    if (place != places.end() && !is_pinned(strand)) groups_[place->second].strands.push_back(strand);
  }
  std::erase_if(groups_, [](const ChannelGroup& group) { return group.strands.empty(); });
}

std::span<const Strand> ChannelStrands::of(ValueId value) const {
  const auto place = strands_.find(value);
  if (place == strands_.end()) return {};
  return place->second;
}

}  // namespace netfit::passes
