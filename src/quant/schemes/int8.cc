// SPDX-License-Identifier: Apache-2.0
//
// The int8 contract of TFLite (docs/quantization.md): first every activation joins the group of values that must share
// its parameters, then the groups' ranges become parameters, and only then do weights and biases become integers,
// because a bias is in units of the parameters of its layer's data.

#include <algorithm>

#include "base/check.h"
#include "ir/absent_weights.h"
#include "ir/ops.h"
#include "ir/quant_rules.h"
#include "ir/verifier.h"
#include "passes/constants.h"
#include "passes/layer_channels.h"
#include "passes/widen_constants.h"
#include "passes/wiring.h"
#include "quant/borders.h"
#include "quant/pixels.h"
#include "quant/quantize.h"
#include "quant/schemes/affine_params.h"
#include "quant/schemes/layer_params.h"
#include "quant/schemes/quantizable.h"
#include "quant/schemes/value_groups.h"

namespace netfit::quant {
namespace {

using ir::NodeId;
using ir::NodeView;
using ir::ValueId;

ir::Activation activation_of(const ir::Node& node) {
  if (node.attrs.holds<ir::Conv2dAttrs>()) return node.attrs.as<ir::Conv2dAttrs>().activation;
  if (node.attrs.holds<ir::FullyConnectedAttrs>()) return node.attrs.as<ir::FullyConnectedAttrs>().activation;
  if (node.attrs.holds<ir::BinaryAttrs>()) return node.attrs.as<ir::BinaryAttrs>().activation;
  if (node.attrs.holds<ir::Pool2dAttrs>()) return node.attrs.as<ir::Pool2dAttrs>().activation;
  return ir::as_activation(*node.op).value_or(ir::Activation::None);
}

class Int8Scheme {
 public:
  Int8Scheme(ir::Graph& graph, const Ranges& ranges, const Centres& centres)
      : graph_(graph), wiring_(graph), ranges_(ranges), centres_(centres) {}

  void run() {
    for (const ir::GraphInput& input : graph_.inputs) groups_.add(input.value, ranges_.at(input.value));
    for (const NodeId id : nodes()) {
      own_constants(id);
      group_result(id);
    }
    for (const ValueId id : graph_.values()) {
      if (groups_.contains(id)) make_int8(id);
    }
    for (const NodeId id : nodes()) {
      if (passes::is_layer(*graph_.node(id).op)) quantize_parameters(id);
    }
  }

 private:
  std::vector<NodeId> nodes() const { return {graph_.order().begin(), graph_.order().end()}; }

  std::size_t data_inputs(NodeId id) const {
    return std::min(graph_.node(id).inputs.size(), static_cast<std::size_t>(graph_.node(id).op->data_inputs));
  }

  // A constant operand takes the parameters of one place, so every place has its own.
  void own_constants(NodeId id) {
    for (std::size_t i = 0; i < data_inputs(id); ++i) {
      const ir::Value& value = graph_.value(graph_.node(id).inputs[i]);
      if (!value.is_constant()) continue;
      passes::replace_constant(wiring_, id, i, *value.constant);
      const ValueId own = graph_.node(id).inputs[i];
      groups_.add(own, range_of(graph_.value(own).constant->data<float>()));
    }
  }

  void group_result(NodeId id) {
    const ir::Node& node = graph_.node(id);
    const ValueId result = node.outputs.front();
    if (node.op->quant == ir::QuantRule::Unit) return groups_.add_fixed(result, *ir::unit_params(DType::Int8));
    // A fused activation bounds what can come out, whatever an estimator made of the samples.
    const ir::ActivationRange limits = ir::range_of(activation_of(node));
    const Range range = ranges_.at(result);
    const Range bounded{std::clamp(range.low, limits.low, limits.high),
                        std::clamp(range.high, limits.low, limits.high)};
    if (node.op->quant != ir::QuantRule::SameAsData) return groups_.add(result, bounded);

    agree_on_inputs(id);
    const ValueId data = graph_.node(id).inputs.front();
    groups_.add_to_group_of(data, result, bounded);
  }

  // Puts all data inputs of a node into one group. One whose parameters are fixed, such as the result of a softmax,
  // gets a requantize before it can meet others.
  void agree_on_inputs(NodeId id) {
    const auto inputs = std::vector<ValueId>(graph_.node(id).inputs);
    const auto is_free = [&](ValueId value) { return !groups_.is_fixed(value); };
    const bool needs_free = std::ranges::any_of(inputs, is_free) || pads_beyond_unit(id);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (needs_free && groups_.is_fixed(inputs[i])) requantize_input(id, i);
    }
    const std::vector<ValueId> agreed = graph_.node(id).inputs;
    for (const ValueId value : agreed) groups_.join(agreed.front(), value);
    if (graph_.node(id).op == &ir::kPad) {
      const float filler = graph_.node(id).attrs.as<ir::PadAttrs>().value;
      groups_.widen(agreed.front(), {filler, filler});
    }
  }

  bool pads_beyond_unit(NodeId id) const {
    if (graph_.node(id).op != &ir::kPad) return false;
    const float filler = graph_.node(id).attrs.as<ir::PadAttrs>().value;
    return filler < 0.0F || filler > 1.0F;
  }

  void requantize_input(NodeId id, std::size_t i) {
    const ValueId fixed = graph_.node(id).inputs[i];
    const std::string name = graph_.value(fixed).name + "_requantized";
    const Shape shape = graph_.value(fixed).shape;
    const ValueId free = graph_.add_value({.name = name, .dtype = DType::Float32, .shape = shape});
    wiring_.insert(id, {.name = name,
                        .op = &ir::kRequantize,
                        .attrs = ir::Attrs::of(ir::RequantizeAttrs{DType::Int8}),
                        .inputs = {fixed},
                        .outputs = {free}});
    wiring_.set_input(id, i, free);
    groups_.add(free, ranges_.at(fixed));
  }

  void make_int8(ValueId id) {
    ir::Value& value = graph_.value(id);
    value.dtype = DType::Int8;
    value.quant = groups_.params(id);
    if (value.constant) value.constant = quantize_int8_tensor(*value.constant, *value.quant);
  }

  void quantize_parameters(NodeId id) {
    const NodeView layer(graph_, graph_.node(id));
    const std::string bias_name = layer.node().name + "_bias";
    const bool has_bias = layer.has_input(2);
    LayerScales scales{.data = layer.input(0).quant->scale(), .result = layer.output().quant->scale()};
    if (const auto centre = centres_.find(id); centre != centres_.end()) scales.centre = centre->second;
    LayerParameters parameters = quantize_layer(layer, scales);
    passes::replace_constant(wiring_, id, 1, std::move(parameters.weights.tensor), parameters.weights.params);
    if (has_bias) {
      passes::replace_constant(wiring_, id, 2, std::move(parameters.bias.tensor), parameters.bias.params);
    } else {
      wiring_.set_input(id, 2,
                        wiring_.add_constant(bias_name, std::move(parameters.bias.tensor), parameters.bias.params));
    }
  }

  ir::Graph& graph_;
  passes::Wiring wiring_;
  const Ranges& ranges_;
  const Centres& centres_;
  ValueGroups groups_;
};

}  // namespace

Result<ir::Graph> quantize_int8(const ir::Graph& graph, const Ranges& ranges, const QuantizeOptions& options) {
  NETFIT_TRY(ir::require_weights(graph));
  ir::Graph result = graph;
  NETFIT_TRY(passes::widen_constants(result));
  Ranges known = ranges;
  Centres centres;
  if (options.io == Io::Int8Pixels) centres = NETFIT_TRY(take_pixels(result, known));
  NETFIT_TRY(check_quantizable(result, known));
  Int8Scheme(result, known, centres).run();
  set_border_types(result, options.io);
  if (const Result<void> valid = ir::verify(result); !valid) {
    base::report_bug(__FILE__, __LINE__, "int8 quantization broke the graph: " + valid.error().text());
  }
  return result;
}

}  // namespace netfit::quant
