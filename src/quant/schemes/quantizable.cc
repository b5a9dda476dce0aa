// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/quantizable.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "ir/op_spec.h"
#include "ir/uses.h"
#include "quant/observers/extremes.h"

namespace netfit::quant {
namespace {

std::string_view name(Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::Int8:
      return "int8";
    case Arithmetic::Int16:
      return "int16";
    case Arithmetic::Float32:
      break;
  }
  return "float32";
}

bool all_finite(const Tensor& tensor) {
  return tensor.dtype() != DType::Float32 ||
         std::ranges::all_of(tensor.data<float>(), [](float element) { return std::isfinite(element); });
}

// Why the node cannot be had in integers, or in float with weights that are stored in another way.
std::optional<std::string> obstacle(const ir::NodeView& node, Arithmetic arithmetic) {
  const bool integer = arithmetic != Arithmetic::Float32;
  if (integer && node.op().integer == ir::IntegerForm::None) {
    return fmt::format("has no {} form", name(arithmetic));
  }
  bool all_constant = true;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (!node.has_input(i)) continue;
    const ir::Value& input = node.input(i);
    if (input.dtype != DType::Float32) {
      return fmt::format("reads '{}', which is {} already", base::printable(input.name), tensor::name(input.dtype));
    }
    const bool parameter = static_cast<int>(i) >= node.op().data_inputs;
    if (integer && parameter && !input.is_constant()) return fmt::format("its parameter {} is computed", i);
    if (input.is_constant() && !all_finite(*input.constant)) {
      return fmt::format("constant '{}' is not finite", base::printable(input.name));
    }
    all_constant = all_constant && input.is_constant();
  }
  if (integer && all_constant) return "computes from constants alone";
  return std::nullopt;
}

// Whether integers will stand for the value somewhere: where it is made, or where it is read.
bool becomes_integer(const ir::Uses& uses, ir::ValueId value, const NodeArithmetic& arithmetic) {
  const auto is_integer = [&](ir::NodeId node) { return arithmetic(node) != Arithmetic::Float32; };
  const ir::NodeId producer = uses.producer(value);
  return (producer.valid() && is_integer(producer)) || std::ranges::any_of(uses.readers(value), is_integer);
}

void check_graph_border(const ir::Graph& graph, Diagnostics& faults) {
  for (const ir::GraphInput& input : graph.inputs) {
    const ir::Value& value = graph.value(input.value);
    if (value.dtype == DType::Float32) continue;
    faults.error(fmt::format("input '{}'", base::printable(value.name)),
                 fmt::format("is {} already (allowed: f32)", tensor::name(value.dtype)));
  }
  for (const ir::GraphOutput& output : graph.outputs) {
    const ir::Value& value = graph.value(output.value);
    if (!value.is_constant()) continue;
    faults.error(fmt::format("output '{}'", base::printable(value.name)), "is a constant");
  }
}

}  // namespace

Result<void> check_quantizable(const ir::Graph& graph, const Ranges& ranges, const NodeArithmetic& arithmetic) {
  Diagnostics faults;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (const auto reason = obstacle(node, arithmetic(id))) faults.error(describe(node), *reason);
  }
  check_graph_border(graph, faults);
  // A graph that cannot be quantized has been calibrated in vain; its ranges are no one's concern.
  if (!faults.empty()) return faults.result();
  const ir::Uses uses(graph);
  for (const ir::ValueId id : activations(graph)) {
    const auto range = ranges.find(id);
    const bool known = range != ranges.end() && std::isfinite(range->second.low) && std::isfinite(range->second.high);
    if (known || !becomes_integer(uses, id, arithmetic)) continue;
    faults.error(fmt::format("value '{}'", base::printable(graph.value(id).name)), "has no finite range");
  }
  return faults.result();
}

Result<void> check_borders(const ir::Graph& graph, Io io, const NodeArithmetic& arithmetic) {
  if (io == Io::Int8 || io == Io::Float32) return {};
  Diagnostics faults;
  const ir::Uses uses(graph);
  const auto check = [&](ir::ValueId value, std::string_view kind, ir::NodeId node) {
    if (!node.valid() || arithmetic(node) == Arithmetic::Int8) return;
    faults.error(fmt::format("{} '{}'", kind, base::printable(graph.value(value).name)),
                 fmt::format("{} needs int8 arithmetic there, {} has {}", io == Io::UInt8 ? "uint8" : "int8-pixels",
                             describe(ir::NodeView(graph, graph.node(node))), name(arithmetic(node))));
  };
  for (const ir::GraphInput& input : graph.inputs) {
    for (const ir::NodeId reader : uses.readers(input.value)) {
      check(input.value, "input", reader);
      // The input has the type of its first reader; pixels go into the weights of all.
      if (io == Io::UInt8) break;
    }
  }
  for (const ir::GraphOutput& output : graph.outputs) {
    if (io == Io::UInt8) check(output.value, "output", uses.producer(output.value));
  }
  return faults.result();
}

}  // namespace netfit::quant
