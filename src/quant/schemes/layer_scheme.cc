// SPDX-License-Identifier: Apache-2.0
//
// The integer contract of TFLite (docs/quantization.md): nodes of one arithmetic are set apart from others by
// requantize nodes; every integer activation joins the group of values that must share its parameters; the groups'
// ranges become parameters; and only then do weights and biases become integers, because a bias is in units of the
// parameters of its layer's data.

#include "quant/schemes/layer_scheme.h"

#include <algorithm>

#include "ir/ops.h"
#include "ir/quant_rules.h"
#include "passes/constants.h"
#include "passes/layer_channels.h"
#include "passes/node_activation.h"
#include "quant/schemes/affine_params.h"
#include "quant/schemes/layer_params.h"
#include "quant/schemes/storage.h"
#include "quant/schemes/value_groups.h"

namespace netfit::quant {
namespace {

using ir::NodeId;
using ir::NodeView;
using ir::ValueId;

class LayerScheme {
 public:
  LayerScheme(ir::Graph& graph, Ranges& ranges, const LayerPlan& plan)
      : graph_(graph), wiring_(graph), ranges_(ranges), plan_(plan) {}

  void run() {
    arithmetic_ = separate_precisions(
        wiring_, [&](NodeId id) { return plan_.precision(id).activations; }, ranges_);
    for (const ir::GraphInput& input : graph_.inputs) {
      if (is_integer(input.value)) groups_.add(input.value, ranges_.at(input.value));
    }
    for (const NodeId id : nodes()) {
      if (!is_integer(graph_.node(id).outputs.front())) continue;
      own_constants(id);
      group_result(id);
    }
    for (const ValueId id : graph_.values()) {
      if (groups_.contains(id)) make_integer(id);
    }
    for (const NodeId id : nodes()) {
      if (passes::is_layer(*graph_.node(id).op)) store_parameters(id);
    }
  }

 private:
  bool is_integer(ValueId id) const { return arithmetic_.at(id) != Arithmetic::Float32; }

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
      arithmetic_[own] = arithmetic_.at(graph_.node(id).outputs.front());
      groups_.add(own, range_of(graph_.value(own).constant->data<float>()));
    }
  }

  void group_result(NodeId id) {
    const ir::Node& node = graph_.node(id);
    const ValueId result = node.outputs.front();
    if (node.op->quant == ir::QuantRule::Unit)
      return groups_.add_fixed(result, *ir::unit_params(dtype_of(arithmetic_.at(result))));
    // A fused activation bounds what can come out, whatever an estimator made of the samples.
    const ir::ActivationRange limits = ir::range_of(passes::activation_of(node));
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
                        .attrs = ir::Attrs::of(ir::RequantizeAttrs{dtype_of(arithmetic_.at(fixed))}),
                        .inputs = {fixed},
                        .outputs = {free}});
    wiring_.set_input(id, i, free);
    arithmetic_[free] = Arithmetic(arithmetic_.at(fixed));
    groups_.add(free, ranges_.at(fixed));
  }

  void make_integer(ValueId id) {
    ir::Value& value = graph_.value(id);
    const Arithmetic arithmetic = arithmetic_.at(id);
    value.dtype = dtype_of(arithmetic);
    value.quant = groups_.fixed(id);
    if (!value.quant) {
      const Range range = groups_.range(id);
      value.quant = arithmetic == Arithmetic::Int16 ? symmetric_params(range) : asymmetric_params(range);
    }
    if (value.constant) value.constant = quantize_tensor(*value.constant, *value.quant, value.dtype);
  }

  void store_parameters(NodeId id) {
    const Precision precision = plan_.precision(id);
    const auto found = plan_.roundings.find(id);
    const LayerRounding rounding = found == plan_.roundings.end() ? LayerRounding() : found->second;
    if (precision.activations != Arithmetic::Float32) return quantize_parameters(id, precision, rounding);
    if (!rounding.bias_shift.empty()) shift_float_bias(id, rounding);
    if (precision.weights != WeightType::Int8 && precision.weights != WeightType::Int4) return;
    QuantizedTensor weights = quantize_weights(NodeView(graph_, graph_.node(id)), precision, rounding);
    store_widened(wiring_, graph_.node(id).inputs[1], {id}, {std::move(weights.tensor), std::move(weights.params)});
  }

  void quantize_parameters(NodeId id, const Precision& precision, const LayerRounding& rounding) {
    const NodeView layer(graph_, graph_.node(id));
    LayerScales scales{.data = layer.input(0).quant->scale(), .result = layer.output().quant->scale()};
    if (const auto centre = plan_.centres.find(id); centre != plan_.centres.end()) scales.centre = centre->second;
    LayerParameters parameters = quantize_layer(layer, scales, precision, rounding);
    passes::replace_constant(wiring_, id, 1, std::move(parameters.weights.tensor), parameters.weights.params);
    set_bias(id, std::move(parameters.bias.tensor), std::move(parameters.bias.params));
  }

  void shift_float_bias(NodeId id, const LayerRounding& rounding) {
    const std::vector<double> shifted = shifted_bias(NodeView(graph_, graph_.node(id)), rounding);
    const std::vector<float> reals(shifted.begin(), shifted.end());
    set_bias(id, Tensor::from(Shape{std::ssize(reals)}, reals), std::nullopt);
  }

  void set_bias(NodeId id, Tensor bias, std::optional<QuantParams> params) {
    if (NodeView(graph_, graph_.node(id)).has_input(2)) {
      return passes::replace_constant(wiring_, id, 2, std::move(bias), std::move(params));
    }
    const std::string name = graph_.node(id).name + "_bias";
    wiring_.set_input(id, 2, wiring_.add_constant(name, std::move(bias), std::move(params)));
  }

  ir::Graph& graph_;
  passes::Wiring wiring_;
  Ranges& ranges_;
  const LayerPlan& plan_;
  ValueArithmetic arithmetic_;
  ValueGroups groups_;
};

}  // namespace

void apply_layer_plan(ir::Graph& graph, Ranges& ranges, const LayerPlan& plan) {
  LayerScheme(graph, ranges, plan).run();
}

}  // namespace netfit::quant
