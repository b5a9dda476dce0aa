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
#include "quant/observers/extremes.h"

namespace netfit::quant {
namespace {

bool all_finite(const Tensor& tensor) {
  return tensor.dtype() != DType::Float32 ||
         std::ranges::all_of(tensor.data<float>(), [](float element) { return std::isfinite(element); });
}

// Why the node has no int8 form.
std::optional<std::string> obstacle(const ir::NodeView& node) {
  if (node.op().integer == ir::IntegerForm::None) return "has no int8 form";
  bool all_constant = true;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (!node.has_input(i)) continue;
    const ir::Value& input = node.input(i);
    if (input.dtype != DType::Float32) {
      return fmt::format("reads '{}', which is {} already", base::printable(input.name), tensor::name(input.dtype));
    }
    const bool parameter = static_cast<int>(i) >= node.op().data_inputs;
    if (parameter && !input.is_constant()) return fmt::format("its parameter {} is computed", i);
    if (input.is_constant() && !all_finite(*input.constant)) {
      return fmt::format("constant '{}' is not finite", base::printable(input.name));
    }
    all_constant = all_constant && input.is_constant();
  }
  if (all_constant) return "computes from constants alone";
  return std::nullopt;
}

}  // namespace

Result<void> check_quantizable(const ir::Graph& graph, const Ranges& ranges) {
  Diagnostics faults;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (const auto reason = obstacle(node)) faults.error(describe(node), *reason);
  }
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
  // A graph that cannot be quantized has been calibrated in vain; its ranges are no one's concern.
  if (!faults.empty()) return faults.result();
  for (const ir::ValueId id : activations(graph)) {
    const auto range = ranges.find(id);
    const bool known = range != ranges.end() && std::isfinite(range->second.low) && std::isfinite(range->second.high);
    if (known) continue;
    faults.error(fmt::format("value '{}'", base::printable(graph.value(id).name)), "has no finite range");
  }
  return faults.result();
}

}  // namespace netfit::quant
