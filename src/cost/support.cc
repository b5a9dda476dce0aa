// SPDX-License-Identifier: Apache-2.0
#include "cost/support.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "cost/estimate.h"
#include "cost/known_values.h"
#include "cost/typing.h"
#include "ir/op_spec.h"

namespace netfit::cost {
namespace {

bool computes_in(const device::Runtime& runtime, DType type) {
  return std::ranges::find(runtime.arithmetic, type) != runtime.arithmetic.end();
}

std::string allowed_types(const device::Runtime& runtime) {
  std::vector<std::string> names;
  for (const DType type : runtime.arithmetic) names.emplace_back(tensor::name(type));
  return base::join(names, ", ");
}

// Why the runtime does not take the weights of this node beside data of that type; empty if it does.
std::string weights_reason(const ir::NodeView& node, DType data, const device::Runtime& runtime, const Typing& typing) {
  if (node.op().macs == nullptr || !node.has_input(1) || !tensor::is_float(data)) return "";
  const DType weights = type_of(node.input(1), typing);
  if (weights == data) return "";
  if (weights == DType::Float16 && !runtime.float16_weights) {
    return fmt::format("weights of type f16 under data of type {} are not supported by runtime '{}'",
                       tensor::name(data), runtime.name);
  }
  if (weights == DType::Int8 && !runtime.dynamic_range) {
    return fmt::format("weights of type i8 under data of type {} (dynamic range) are not supported by runtime '{}'",
                       tensor::name(data), runtime.name);
  }
  return "";
}

}  // namespace

std::vector<std::string> check_support(const ir::Graph& graph, const device::Runtime& runtime,
                                       std::optional<DType> as_type) {
  const Typing typing{as_type, runtime.float32_as_float16};
  const KnownValues known(graph);
  std::vector<std::string> reasons;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (!node.has_input(0)) continue;
    const DType data = type_of(node.input(0), typing);
    const bool number = tensor::is_float(data) || node.input(0).quant.has_value();
    std::string reason;
    // A requantize is the border between two types, of which one may be only the caller's.
    if (number && node.op().macs != nullptr && !computes_in(runtime, data)) {
      reason = fmt::format("type {} is not supported by runtime '{}' (allowed: {})", tensor::name(data), runtime.name,
                           allowed_types(runtime));
    } else if (data == DType::Float16 && known.contains(node.node().inputs[0]) && !runtime.float16_weights) {
      reason = fmt::format("weights of type f16 are not supported by runtime '{}'", runtime.name);
    } else {
      reason = weights_reason(node, data, runtime, typing);
    }
    if (!reason.empty()) reasons.push_back(fmt::format("{}: {}", base::printable(ir::describe(node)), reason));
  }
  return reasons;
}

std::vector<std::string> check_support(const ir::Graph& graph, const device::Runtime& runtime) {
  return check_support(graph, runtime, std::nullopt);
}

}  // namespace netfit::cost
