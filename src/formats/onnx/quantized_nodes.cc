// SPDX-License-Identifier: Apache-2.0
// The graph is built anew, in order. Each float value of the old graph may have two forms in the new one: as float, and
// as the integers that quantization made of it. Whoever needs a form that is not there yet has it made by a requantize
// node; so pairs of them that face each other never come into being, and transposes and reshapes (which only move
// elements) carry the integers from one side of the pair to the other.
#include "formats/onnx/quantized_nodes.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "formats/onnx/integer_ops.h"
#include "formats/onnx/quantized_parameters.h"
#include "ir/builder.h"
#include "ir/ops.h"
#include "ir/quant_rules.h"
#include "ir/uses.h"

namespace netfit::formats::onnx {
namespace {

// Where the result of a node is quantized.
struct Target {
  const ir::Value* value = nullptr;
  ir::Activation activation = ir::Activation::None;
  ir::NodeId absorbed;  // the relu that becomes the activation
};

class Folder {
 public:
  Folder(const ir::Graph& graph, const QuantizedConstants& constants)
      : old_(graph), constants_(constants), uses_(graph) {}

  Result<ir::Graph> run();

 private:
  struct Forms {
    ir::ValueId real;
    ir::ValueId integer;
  };

  Result<void> fold_node(ir::NodeId id);
  Result<void> fold_requantize(const ir::Node& node);
  Result<void> emit_float(const ir::Node& node);
  Result<void> emit_moving(const ir::Node& node);
  Result<void> emit_integer(const ir::Node& node, const Target& target);
  Result<void> add_parameters(const ir::Node& node, std::vector<ir::ValueId>& inputs);

  DType data_type(const ir::Node& node);
  bool is_enclosed(const ir::Node& node);
  /// Where the result becomes integers of type `dtype`.
  std::optional<Target> find_target(const ir::Node& node, ir::IntegerForm form, DType dtype) const;
  std::size_t data_count(const ir::Node& node) const {
    return std::min(node.inputs.size(), static_cast<std::size_t>(node.op->data_inputs));
  }

  Result<ir::ValueId> real(ir::ValueId old_id);
  Result<ir::ValueId> integer(ir::ValueId old_id);
  Result<ir::ValueId> add(const ir::Node& node, std::vector<ir::ValueId> inputs, ir::Attrs attrs, std::string name);
  Result<ir::ValueId> requantize(ir::ValueId value, const ir::Value& like, std::string name);

  const ir::Graph& old_;
  const QuantizedConstants& constants_;
  const ir::Uses uses_;
  ir::Graph new_;
  ir::Builder builder_{new_};
  std::unordered_map<ir::ValueId, Forms> forms_;
  std::unordered_set<ir::NodeId> absorbed_;
};

Result<ir::Graph> Folder::run() {
  new_.name = old_.name;
  for (const ir::GraphInput& input : old_.inputs) {
    const ir::ValueId value = new_.add_value(old_.value(input.value));
    const bool quantized = old_.value(input.value).quant.has_value();
    forms_[input.value] = quantized ? Forms{.integer = value} : Forms{.real = value};
    new_.inputs.push_back({.value = value, .layout = input.layout, .preprocessing = input.preprocessing});
  }
  Diagnostics faults;
  for (const ir::NodeId id : old_.order()) {
    const Result<void> folded = fold_node(id);
    if (folded) continue;
    faults.error(ir::describe(ir::NodeView(old_, old_.node(id))), folded.error().what());
    // Goes on as if the node were a float one, so that the others are listed too.
    NETFIT_TRY(emit_float(old_.node(id)));
  }
  NETFIT_TRY(faults.result());
  for (const ir::GraphOutput& output : old_.outputs) {
    const bool is_float = old_.value(output.value).dtype == DType::Float32;
    const ir::ValueId value = NETFIT_TRY(is_float ? real(output.value) : integer(output.value));
    new_.outputs.push_back({.value = value, .layout = output.layout});
  }
  return std::move(new_);
}

Result<void> Folder::fold_node(ir::NodeId id) {
  const ir::Node& node = old_.node(id);
  if (absorbed_.contains(id)) {
    forms_[node.outputs[0]] = Forms(forms_.at(node.inputs[0]));
    return {};
  }
  if (node.op == &ir::kRequantize) return fold_requantize(node);
  const bool integer_in_file = old_.value(node.outputs[0]).quant.has_value();
  if (integer_in_file || (only_moves(node.op) && forms_[node.inputs[0]].integer.valid())) return emit_moving(node);
  const ir::IntegerForm form = node.op->integer;
  const bool computes = form == ir::IntegerForm::Computes || form == ir::IntegerForm::Clamps;
  if (!computes || !is_enclosed(node)) return emit_float(node);
  const std::optional<Target> target = find_target(node, form, data_type(node));
  if (!target) return emit_float(node);
  if (target->absorbed.valid()) absorbed_.insert(target->absorbed);
  return emit_integer(node, *target);
}

Result<void> Folder::fold_requantize(const ir::Node& node) {
  const ir::Value& result = old_.value(node.outputs[0]);
  const Forms source = forms_[node.inputs[0]];
  Forms& forms = forms_[node.outputs[0]];
  if (result.dtype == DType::Float32) {
    forms.integer = NETFIT_TRY(integer(node.inputs[0]));
    return {};
  }
  if (source.integer.valid() && new_.value(source.integer).quant == result.quant &&
      new_.value(source.integer).dtype == result.dtype) {
    forms.integer = source.integer;
    return {};
  }
  const ir::ValueId from = source.integer.valid() ? source.integer : NETFIT_TRY(real(node.inputs[0]));
  forms.integer = NETFIT_TRY(requantize(from, result, result.name));
  return {};
}

Result<void> Folder::emit_float(const ir::Node& node) {
  std::vector<ir::ValueId> inputs;
  for (const ir::ValueId input : node.inputs) {
    inputs.push_back(input.valid() ? NETFIT_TRY(real(input)) : ir::ValueId{});
  }
  const std::string& name = old_.value(node.outputs[0]).name;
  forms_[node.outputs[0]].real = NETFIT_TRY(add(node, std::move(inputs), node.attrs, name));
  return {};
}

// An op that the file applies to integers, or that only moves elements.
Result<void> Folder::emit_moving(const ir::Node& node) {
  std::vector<ir::ValueId> inputs;
  for (const ir::ValueId input : node.inputs) inputs.push_back(NETFIT_TRY(integer(input)));
  const std::optional<QuantParams> quant = new_.value(inputs[0]).quant;
  std::string name = old_.value(node.outputs[0]).name;
  // Where the file quantizes the result again without a change, that is the name that its readers know.
  const std::optional<Target> target = find_target(node, ir::IntegerForm::Moves, new_.value(inputs[0]).dtype);
  if (target && target->value->quant == quant && new_.value(inputs[0]).name != target->value->name) {
    name = target->value->name;
  }
  const ir::ValueId result = NETFIT_TRY(add(node, std::move(inputs), node.attrs, std::move(name)));
  new_.value(result).quant = quant;
  forms_[node.outputs[0]].integer = result;
  return {};
}

Result<void> Folder::emit_integer(const ir::Node& node, const Target& target) {
  std::vector<ir::ValueId> inputs;
  for (std::size_t i = 0; i < data_count(node); ++i) {
    ir::ValueId input = NETFIT_TRY(integer(node.inputs[i]));
    // All parts of a concatenation share the result's parameters.
    if (node.op == &ir::kConcat && new_.value(input).quant != target.value->quant) {
      input = NETFIT_TRY(requantize(input, *target.value, new_.value(input).name + "/rescaled"));
    }
    inputs.push_back(input);
  }
  if (has_weights(node.op)) NETFIT_TRY(add_parameters(node, inputs));
  const std::optional<QuantParams> data_quant = new_.value(inputs[0]).quant;
  const ir::ValueId result =
      NETFIT_TRY(add(node, std::move(inputs), with_activation(node.attrs, target.activation), target.value->name));
  switch (node.op->quant) {
    case ir::QuantRule::Free:
      new_.value(result).quant = target.value->quant;
      break;
    case ir::QuantRule::SameAsData:
      new_.value(result).quant = data_quant;
      break;
    case ir::QuantRule::Unit:
      new_.value(result).quant = ir::unit_params(new_.value(result).dtype);
      break;
  }
  forms_[node.outputs[0]].integer = result;
  return {};
}

Result<void> Folder::add_parameters(const ir::Node& node, std::vector<ir::ValueId>& inputs) {
  const QuantizedTensor& weights = constants_.at(node.inputs[1]);
  NETFIT_TRY(check_quantized_weights(weights));
  inputs.push_back(NETFIT_TRY(integer(node.inputs[1])));
  if (node.inputs.size() < 3) return {};
  const auto source = constants_.find(node.inputs[2]);
  const ir::Value& reals = old_.value(node.inputs[2]);
  const QuantParams data = *new_.value(inputs[0]).quant;
  QuantizedTensor bias =
      quantized_bias(reals, source == constants_.end() ? nullptr : &source->second, data, weights.quant);
  if (new_.value(inputs[0]).dtype == DType::Int16) bias = as_int64(std::move(bias));
  // Not shared with other nodes: each has a unit of its own.
  inputs.push_back(new_.add_constant(bias.name, std::move(bias.integers), std::move(bias.quant)));
  return {};
}

// The type of the integers that a node's first data come as; none for constants and floats.
DType Folder::data_type(const ir::Node& node) {
  for (std::size_t i = 0; i < data_count(node); ++i) {
    const ir::ValueId integer = forms_[node.inputs[i]].integer;
    if (integer.valid() && !constants_.contains(node.inputs[i])) return new_.value(integer).dtype;
  }
  return DType::Int8;
}

// Whether all data comes as integers of one type, and weights if there are any.
bool Folder::is_enclosed(const ir::Node& node) {
  const DType dtype = data_type(node);
  if (dtype != DType::Int8 && (dtype != DType::Int16 || node.op == &ir::kHardSwish)) return false;
  for (std::size_t i = 0; i < data_count(node); ++i) {
    const auto constant = constants_.find(node.inputs[i]);
    if (constant != constants_.end()) {
      if (constant->second.integers.dtype() != dtype || constant->second.quant.is_per_channel()) return false;
      continue;
    }
    const ir::ValueId integer = forms_[node.inputs[i]].integer;
    if (!integer.valid() || new_.value(integer).dtype != dtype) return false;
  }
  return !has_weights(node.op) || constants_.contains(node.inputs[1]);
}

std::optional<Target> Folder::find_target(const ir::Node& node, ir::IntegerForm form, DType dtype) const {
  Target target;
  ir::ValueId value = node.outputs[0];
  while (uses_.has_single_reader(value)) {
    const ir::NodeId id = uses_.readers(value).front();
    const ir::Node& reader = old_.node(id);
    const ir::Value& result = old_.value(reader.outputs[0]);
    if (reader.op == &ir::kRequantize && result.dtype == dtype) {
      target.value = &result;
      return target;
    }
    const std::optional<ir::Activation> activation = ir::as_activation(*reader.op);
    if (activation && form == ir::IntegerForm::Clamps && !target.absorbed.valid()) {
      target.activation = *activation;
      target.absorbed = id;
    } else if (!only_moves(reader.op)) {
      return std::nullopt;
    }
    value = reader.outputs[0];
  }
  return std::nullopt;
}

Result<ir::ValueId> Folder::real(ir::ValueId old_id) {
  Forms& forms = forms_[old_id];
  if (forms.real.valid()) return forms.real;
  const ir::Value& value = old_.value(old_id);
  if (value.is_constant()) {
    forms.real = new_.add_constant(value.name, *value.constant, value.quant);
  } else {
    forms.real = NETFIT_TRY(requantize(forms.integer, value, value.name));
  }
  return forms.real;
}

Result<ir::ValueId> Folder::integer(ir::ValueId old_id) {
  Forms& forms = forms_[old_id];
  if (forms.integer.valid()) return forms.integer;
  const auto constant = constants_.find(old_id);
  if (constant == constants_.end()) return bad_input("computes on integers without quantization");
  const QuantizedTensor& known = constant->second;
  forms.integer =
      new_.add_constant(known.name, known.is_int4 ? tensor::pack_int4(known.integers) : known.integers, known.quant);
  return forms.integer;
}

Result<ir::ValueId> Folder::add(const ir::Node& node, std::vector<ir::ValueId> inputs, ir::Attrs attrs,
                                std::string name) {
  Result<ir::ValueId> added = builder_.add(*node.op, std::move(inputs), std::move(attrs), std::move(name));
  if (!added) return bad_input(added.error().what());
  new_.node(new_.order().back()).name = node.name;
  return added;
}

Result<ir::ValueId> Folder::requantize(ir::ValueId value, const ir::Value& like, std::string name) {
  const ir::ValueId result = NETFIT_TRY(
      builder_.add(ir::kRequantize, {value}, ir::Attrs::of(ir::RequantizeAttrs{like.dtype}), std::move(name)));
  new_.value(result).quant = like.quant;
  return result;
}

}  // namespace

Result<ir::Graph> fold_quantized_nodes(ir::Graph graph, const QuantizedConstants& constants) {
  const auto is_requantize = [&](ir::NodeId id) { return graph.node(id).op == &ir::kRequantize; };
  if (std::ranges::none_of(graph.order(), is_requantize)) return graph;
  return Folder(graph, constants).run();
}

}  // namespace netfit::formats::onnx
