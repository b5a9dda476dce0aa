// SPDX-License-Identifier: Apache-2.0
#include "diagnose/landmarks.h"

#include <algorithm>
#include <initializer_list>

#include "ir/ops.h"
#include "passes/layer_channels.h"
#include "passes/node_activation.h"

namespace netfit::diagnose {
namespace {

bool is_one_of(const ir::OpSpec& op, std::initializer_list<const ir::OpSpec*> ops) {
  return std::ranges::find(ops, &op) != ops.end();
}

class Finder {
 public:
  explicit Finder(const ir::Graph& graph) : graph_(graph) {}

  Landmarks find() {
    for (const ir::GraphInput& input : graph_.inputs) {
      begin({.kind = {nullptr, graph_.value(input.value).shape.element_count(), 0}}, input.value);
    }
    for (const ir::NodeId id : graph_.order()) {
      const ir::Node& node = graph_.node(id);
      const std::vector<std::size_t> sources = sources_of(node);
      // What follows from constants alone is a constant, too.
      if (sources.empty()) continue;
      if (is_fusable(node) && sources.size() == 1) {
        extend(node);
      } else {
        begin({.node = id, .inputs = sources, .kind = kind_of(ir::NodeView(graph_, node))}, node.outputs.front());
      }
    }
    return std::move(found_);
  }

 private:
  bool is_fusable(const ir::Node& node) const {
    if (node.op == &ir::kDiv) return found_.places.contains(node.inputs[0]);
    return is_one_of(*node.op, {&ir::kRequantize, &ir::kPad, &ir::kReshape}) || adds_factor(node) ||
           ir::as_activation(*node.op).has_value();
  }

  static bool adds_factor(const ir::Node& node) {
    return is_one_of(*node.op, {&ir::kMul, &ir::kAdd, &ir::kSub, &ir::kDiv, &ir::kBatchNorm});
  }

  std::vector<std::size_t> sources_of(const ir::Node& node) const {
    std::vector<std::size_t> sources;
    for (const ir::ValueId input : node.inputs) {
      const auto place = found_.places.find(input);
      if (place != found_.places.end()) sources.push_back(place->second.landmark);
    }
    return sources;
  }

  Landmark::Kind kind_of(const ir::NodeView& node) const {
    const ir::OpSpec* op = &node.op();
    std::int64_t weights = 0;
    if (passes::is_layer(*op)) {
      weights = node.input(1).shape.element_count();
      if (op == &ir::kFullyConnected) op = &ir::kConv2d;
    } else if (op == &ir::kMean) {
      // An average over the whole image, in another form.
      op = &ir::kAveragePool2d;
    }
    return {op, node.output().shape.element_count(), weights};
  }

  void begin(Landmark landmark, ir::ValueId result) {
    const ir::Activation own =
        landmark.node.valid() ? passes::activation_of(graph_.node(landmark.node)) : ir::Activation::None;
    landmark.wake.push_back({.value = result, .clamp = ir::range_of(own)});
    found_.places.emplace(result, Place{found_.all.size(), 0});
    found_.all.push_back(std::move(landmark));
  }

  void extend(const ir::Node& node) {
    const auto data = std::ranges::find_if(node.inputs, [&](ir::ValueId id) { return found_.places.contains(id); });
    const Place before = found_.places.at(*data);
    std::vector<Stage>& wake = found_.all[before.landmark].wake;
    Stage stage = wake[before.stage];
    const ir::ActivationRange own = ir::range_of(passes::activation_of(node));
    if (adds_factor(node)) {
      stage.factors += 1;
      stage.clamp = own;
    }
    stage.clamp = {std::max(stage.clamp.low, own.low), std::min(stage.clamp.high, own.high)};
    stage.value = node.outputs.front();
    found_.places.emplace(stage.value, Place{before.landmark, wake.size()});
    wake.push_back(stage);
  }

  const ir::Graph& graph_;
  Landmarks found_;
};

}  // namespace

Landmarks find_landmarks(const ir::Graph& graph) { return Finder(graph).find(); }

}  // namespace netfit::diagnose
