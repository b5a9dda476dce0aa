// SPDX-License-Identifier: Apache-2.0
#include "cost/cache_ages.h"

#include <algorithm>

namespace netfit::cost {
namespace {

double set_bytes(const Kernel& kernel) { return static_cast<double>(kernel.activation_bytes + kernel.weight_bytes); }

}  // namespace

CacheAges::CacheAges(const ir::Graph& graph, const std::vector<Kernel>& kernels, const MemoryMap& map,
                     std::int64_t arena_bytes)
    : graph_(graph),
      kernels_(kernels),
      map_(map),
      arena_bytes_(static_cast<double>(arena_bytes)),
      inference_bytes_(arena_bytes_) {
  for (const Kernel& kernel : kernels) inference_bytes_ += static_cast<double>(kernel.weight_bytes);
}

// An input of the network, and what a free node made, was touched one arena ago at most.
double CacheAges::bytes_since_touched(std::size_t index, ir::ValueId value) const {
  double bytes = 0.0;
  for (std::size_t i = index; i-- > 0;) {
    bytes += set_bytes(kernels_[i]);
    const ir::Node& node = graph_.node(kernels_[i].node);
    const auto touches = [&](const std::vector<ir::ValueId>& values) {
      return std::ranges::find(values, value) != values.end();
    };
    if (touches(node.outputs) || touches(node.inputs)) return bytes;
  }
  return inference_bytes_;
}

OperandStates CacheAges::of(const Kernel& kernel) const {
  const auto index = static_cast<std::size_t>(&kernel - kernels_.data());
  double age = 0.0;
  for (const ir::ValueId input : graph_.node(kernel.node).inputs) {
    if (!input.valid() || graph_.value(input).is_constant()) continue;
    age = std::max(age, bytes_since_touched(index, input));
  }
  return {.inputs = {map_.activations, age},
          .weights = {map_.weights, inference_bytes_},
          .output = {map_.activations, arena_bytes_}};
}

}  // namespace netfit::cost
