// SPDX-License-Identifier: Apache-2.0
#include "ir/printer.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "ir/lexer.h"
#include "ir/literal.h"
#include "ir/op_spec.h"

namespace netfit::ir {
namespace {

std::string floats_text(const std::vector<float>& values) {
  std::vector<std::string> texts;
  std::ranges::transform(values, std::back_inserter(texts), &float_text);
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

std::string quant_text(const QuantParams& quant) {
  if (!quant.is_per_channel() && quant.scales.size() == 1 && quant.zero_points.size() == 1) {
    return fmt::format(" q({}, {})", float_text(quant.scales[0]), quant.zero_points[0]);
  }
  std::string text = fmt::format(" q(axis={}, {}", quant.axis, floats_text(quant.scales));
  const bool symmetric = quant.zero_points.size() == quant.scales.size() &&
                         std::ranges::all_of(quant.zero_points, [](std::int32_t zero) { return zero == 0; });
  if (!symmetric) text += fmt::format(", [{}]", fmt::join(quant.zero_points, ", "));
  return text + ")";
}

std::string type_text(const Value& value) {
  std::string text = fmt::format("{}[{}]", tensor::name(value.dtype), fmt::join(value.shape.dims(), ","));
  if (value.quant) text += quant_text(*value.quant);
  if (value.range) text += fmt::format(" r({}, {})", float_text(value.range->low), float_text(value.range->high));
  return text;
}

// Graphs under construction are printed too, while someone looks for a fault: a dangling id shows as %?.
std::string reference(const Graph& graph, ValueId id) {
  if (!id.valid()) return "_";
  if (!graph.contains(id)) return "%?";
  const Value& value = graph.value(id);
  return (value.is_constant() ? "@" : "%") + name_text(value.name);
}

std::string_view layout_text(Layout layout) { return layout == Layout::ChannelsFirst ? " layout=channels_first" : ""; }

std::string header(const Graph& graph) {
  std::vector<std::string> inputs;
  for (const GraphInput& input : graph.inputs) {
    const std::string type = graph.contains(input.value) ? type_text(graph.value(input.value)) : "?";
    inputs.push_back(fmt::format("{}: {}{}", reference(graph, input.value), type, layout_text(input.layout)));
  }
  std::vector<std::string> outputs;
  for (const GraphOutput& output : graph.outputs) {
    outputs.push_back(fmt::format("{}{}", reference(graph, output.value), layout_text(output.layout)));
  }
  return fmt::format("graph {}({}) -> ({}){} {{\n", name_text(graph.name), fmt::join(inputs, ", "),
                     fmt::join(outputs, ", "), graph.weights == Weights::Absent ? " weights=absent" : "");
}

std::string preprocessing_text(const Preprocessing& record) {
  return fmt::format("scale={} mean={} std={} order={}", float_text(record.scale), floats_text(record.mean),
                     floats_text(record.std), record.order == ColorOrder::Rgb ? "rgb" : "bgr");
}

std::string node_text(const Graph& graph, const Node& node) {
  std::vector<std::string> results;
  for (const ValueId id : node.outputs) {
    const std::string type = graph.contains(id) ? type_text(graph.value(id)) : "?";
    results.push_back(fmt::format("{}: {}", reference(graph, id), type));
  }
  std::vector<std::string> inputs;
  for (const ValueId id : node.inputs) inputs.push_back(reference(graph, id));
  std::string text = fmt::format("{} = {}({})", fmt::join(results, ", "), node.op != nullptr ? node.op->name : "?",
                                 fmt::join(inputs, ", "));
  if (node.op != nullptr && !node.attrs.empty()) text += node.op->codec.print(node.attrs);
  const bool named_after_result =
      !node.outputs.empty() && graph.contains(node.outputs[0]) && graph.value(node.outputs[0]).name == node.name;
  if (!named_after_result) text += " " + quoted_text(node.name);
  return text;
}

}  // namespace

std::string print(const Graph& graph, Constants constants) {
  std::string text = header(graph);
  const auto line = [&text](const std::string& statement) { text.append("  ").append(statement).append("\n"); };
  for (const GraphInput& input : graph.inputs) {
    if (!input.preprocessing) continue;
    line(fmt::format("preprocess {} {}", reference(graph, input.value), preprocessing_text(*input.preprocessing)));
  }
  if (!graph.class_names.empty()) {
    std::vector<std::string> names;
    std::ranges::transform(graph.class_names, std::back_inserter(names), &quoted_text);
    line(fmt::format("class_names [{}]", fmt::join(names, ", ")));
  }
  for (const ValueId id : graph.values()) {
    const Value& value = graph.value(id);
    if (!value.is_constant()) continue;
    const std::string declared = fmt::format("const {}: {}", reference(graph, id), type_text(value));
    if (graph.weights == Weights::Absent) {
      line(declared);
    } else {
      line(fmt::format("{} = {}", declared, constants == Constants::Full ? literal_text(*value.constant) : "..."));
    }
  }
  for (const NodeId id : graph.order()) line(node_text(graph, graph.node(id)));
  return text + "}\n";
}

}  // namespace netfit::ir
