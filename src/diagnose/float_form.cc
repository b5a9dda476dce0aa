// SPDX-License-Identifier: Apache-2.0
#include "diagnose/float_form.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/check.h"
#include "ir/ops/requantize.h"
#include "ir/ops/shape.h"
#include "ir/verifier.h"
#include "passes/layer_channels.h"
#include "passes/widen_constants.h"
#include "tensor/dequantize.h"

namespace netfit::diagnose {
namespace {

using ir::NodeId;
using ir::ValueId;

bool stands_for_reals(const ir::Value& value) { return tensor::is_integer(value.dtype) && value.quant.has_value(); }

// A bias may come without parameters of its own: then its unit is the product that its layer computes in.
void complete_biases(ir::Graph& graph) {
  for (const NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (!passes::is_layer(node.op()) || !node.has_input(2)) continue;
    if (!node.input(0).quant || !node.input(1).quant || node.input(2).quant) continue;
    std::vector<float> scales;
    for (std::int64_t c = 0; c < node.input(2).shape[0]; ++c) {
      scales.push_back(node.input(0).quant->scale() * node.input(1).quant->scale(c));
    }
    graph.value(node.node().inputs[2]).quant = QuantParams::per_channel(std::move(scales), 0);
  }
}

void make_float(ir::Value& value) {
  if (!stands_for_reals(value) && value.dtype != DType::Float16) return;
  if (value.constant) value.constant = tensor::dequantize(*value.constant, value.quant);
  value.dtype = DType::Float32;
  value.quant.reset();
}

// A requantize between floats would be no node at all; as a reshape to the same shape it keeps its result's id.
void make_moves(ir::Graph& graph) {
  for (const NodeId id : graph.order()) {
    ir::Node& node = graph.node(id);
    if (node.op != &ir::kRequantize) continue;
    const std::span<const std::int64_t> dims = graph.value(node.outputs.front()).shape.dims();
    node.op = &ir::kReshape;
    node.attrs = ir::Attrs::of(ir::ReshapeAttrs{{dims.begin(), dims.end()}});
  }
}

ir::Node requantize(const std::string& name, ValueId from, ValueId to, DType dtype) {
  return {.name = name,
          .op = &ir::kRequantize,
          .attrs = ir::Attrs::of(ir::RequantizeAttrs{dtype}),
          .inputs = {from},
          .outputs = {to}};
}

// Rounds `value` as `like` does, before the node `before` (at the end if invalid).
void round_value(ir::Graph& graph, ValueId value, const ir::Value& like, NodeId before) {
  const std::string name = graph.value(value).name;
  const Shape shape = graph.value(value).shape;
  const ValueId rounded =
      graph.add_value({.name = name + "_integers", .dtype = like.dtype, .shape = shape, .quant = like.quant});
  const ValueId reals = graph.add_value({.name = name + "_rounded", .dtype = DType::Float32, .shape = shape});
  graph.replace_uses(value, reals);
  const ir::Node to_integers = requantize(name + "_integers", value, rounded, like.dtype);
  const ir::Node to_reals = requantize(name + "_rounded", rounded, reals, DType::Float32);
  if (before.valid()) {
    graph.insert_node(before, to_integers);
    graph.insert_node(before, to_reals);
  } else {
    graph.add_node(to_integers);
    graph.add_node(to_reals);
  }
}

void check_valid(const ir::Graph& graph) {
  const Result<void> valid = ir::verify(graph);
  if (!valid) base::report_bug(__FILE__, __LINE__, "a form of the subject is not valid: " + valid.error().text());
}

}  // namespace

Result<ir::Graph> make_float_form(const ir::Graph& graph) {
  ir::Graph form = graph;
  NETFIT_TRY(passes::widen_constants(form));
  complete_biases(form);
  for (const ValueId id : form.values()) make_float(form.value(id));
  make_moves(form);
  NETFIT_TRY(with_context(ir::verify(form), "while taking the reals out of the network's integers"));
  return form;
}

void add_fake_quantization(ir::Graph& form, const ir::Graph& quantized, const std::unordered_set<ValueId>& except) {
  const std::vector<NodeId> order(form.order().begin(), form.order().end());
  const auto rounds = [&](ValueId id) {
    return quantized.contains(id) && !except.contains(id) && !quantized.value(id).is_constant() &&
           stands_for_reals(quantized.value(id));
  };
  for (const ir::GraphInput& input : quantized.inputs) {
    if (!rounds(input.value)) continue;
    round_value(form, input.value, quantized.value(input.value), order.empty() ? NodeId{} : order.front());
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    const NodeId next = i + 1 < order.size() ? order[i + 1] : NodeId{};
    for (const ValueId result : std::vector<ValueId>(form.node(order[i]).outputs)) {
      if (rounds(result)) round_value(form, result, quantized.value(result), next);
    }
  }
  check_valid(form);
}

ir::Graph with_float_borders(const ir::Graph& graph) {
  ir::Graph result = graph;
  for (ir::GraphInput& input : result.inputs) {
    const ir::Value inner = result.value(input.value);
    if (!stands_for_reals(inner)) continue;
    const ValueId outer =
        result.add_value({.name = inner.name + "_float", .dtype = DType::Float32, .shape = inner.shape});
    result.insert_node(result.order().front(), requantize(inner.name, outer, input.value, inner.dtype));
    input.value = outer;
  }
  for (ir::GraphOutput& output : result.outputs) {
    const ir::Value inner = result.value(output.value);
    if (!stands_for_reals(inner)) continue;
    const ValueId outer =
        result.add_value({.name = inner.name + "_float", .dtype = DType::Float32, .shape = inner.shape});
    result.add_node(requantize(inner.name + "_float", output.value, outer, DType::Float32));
    output.value = outer;
  }
  check_valid(result);
  return result;
}

bool has_integer_activations(const ir::Graph& graph) {
  return std::ranges::any_of(
      graph.values(), [&](ValueId id) { return !graph.value(id).is_constant() && stands_for_reals(graph.value(id)); });
}

}  // namespace netfit::diagnose
