// SPDX-License-Identifier: Apache-2.0
#include "quant/borders.h"

#include "ir/ops/requantize.h"
#include "passes/wiring.h"
#include "quant/schemes/affine_params.h"

namespace netfit::quant {
namespace {

using ir::ValueId;

// What stands at the border in the place of the integer value `inner`.
ir::Value border_value(const ir::Value& inner, Io io) {
  ir::Value value{.name = inner.name, .dtype = DType::Float32, .shape = inner.shape};
  if (io == Io::UInt8) {
    value.dtype = DType::UInt8;
    value.quant = as_unsigned(*inner.quant);
  }
  return value;
}

std::string inner_name(const ir::Value& value) {
  return value.name + (value.dtype == DType::Int16 ? "_int16" : "_int8");
}

ir::Node requantize_node(const ir::Graph& graph, ValueId from, ValueId to) {
  return {.name = graph.value(to).name,
          .op = &ir::kRequantize,
          .attrs = ir::Attrs::of(ir::RequantizeAttrs{graph.value(to).dtype}),
          .inputs = {from},
          .outputs = {to}};
}

}  // namespace

void set_border_types(ir::Graph& graph, Io io) {
  if (io == Io::Int8 || io == Io::Int8Pixels) return;
  passes::Wiring wiring(graph);
  for (ir::GraphOutput& output : graph.outputs) {
    const ValueId inner = output.value;
    if (tensor::is_float(graph.value(inner).dtype)) continue;
    ir::Value border = border_value(graph.value(inner), io);
    graph.rename(inner, inner_name(graph.value(inner)));
    output.value = graph.add_value(std::move(border));
    wiring.insert({}, requantize_node(graph, inner, output.value));
  }
  for (ir::GraphInput& input : graph.inputs) {
    const ValueId inner = input.value;
    if (tensor::is_float(graph.value(inner).dtype)) continue;
    ir::Value border = border_value(graph.value(inner), io);
    graph.rename(inner, inner_name(graph.value(inner)));
    const ValueId outer = wiring.replace_input(input, std::move(border));
    wiring.insert(graph.order().front(), requantize_node(graph, outer, inner));
  }
}

}  // namespace netfit::quant
