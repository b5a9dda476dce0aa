// SPDX-License-Identifier: Apache-2.0
#include "quant/observers/extremes.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "exec/kernels/clones.h"

namespace netfit::quant {
namespace {

// A NaN compares false with everything, so it must not be left to a comparison of sizes; it makes the range NaN for
// good. Sixteen lanes, because each comparison waits for the one before.
NETFIT_CLONES Range extremes(const float* elements, std::size_t count) {
  constexpr std::size_t kLanes = 16;
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::array<float, kLanes> low;
  std::array<float, kLanes> high;
  std::array<std::int32_t, kLanes> unordered{};
  low.fill(kInfinity);
  high.fill(-kInfinity);
  const auto take = [&](float element, std::size_t lane) {
    low[lane] = element < low[lane] ? element : low[lane];
    high[lane] = element > high[lane] ? element : high[lane];
    unordered[lane] |= element == element ? 0 : 1;
  };
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) take(elements[i + lane], lane);
  }
  for (; i < count; ++i) take(elements[i], 0);
  if (std::ranges::count(unordered, 1) > 0) {
    constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
    return {kNan, kNan};
  }
  return {std::ranges::min(low), std::ranges::max(high)};
}

}  // namespace

std::vector<ir::ValueId> activations(const ir::Graph& graph) {
  std::vector<ir::ValueId> values;
  const auto add = [&](ir::ValueId id) {
    if (graph.value(id).dtype == DType::Float32) values.push_back(id);
  };
  for (const ir::GraphInput& input : graph.inputs) add(input.value);
  for (const ir::NodeId id : graph.order()) std::ranges::for_each(graph.node(id).outputs, add);
  return values;
}

ExtremesObserver::ExtremesObserver(const ir::Graph& graph, std::int64_t samples) {
  for (const ir::ValueId id : activations(graph)) {
    watched_[id] = {graph.value(id).shape.element_count(), std::vector<Range>(static_cast<std::size_t>(samples))};
  }
}

Range ExtremesObserver::observe(ir::ValueId value, std::int64_t first_sample, const Tensor& tensor) {
  const auto found = watched_.find(value);
  if (found == watched_.end()) return {};
  Watched& watched = found->second;
  const std::span<const float> elements = tensor.data<float>();
  const auto each = static_cast<std::size_t>(watched.elements);
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  Range all{kInfinity, -kInfinity};
  for (std::size_t i = 0; (i + 1) * each <= elements.size() && each > 0; ++i) {
    const Range range = extremes(elements.data() + i * each, each);
    watched.ranges.at(static_cast<std::size_t>(first_sample) + i) = range;
    if (std::isnan(range.low)) all = range;
    if (std::isnan(all.low)) continue;
    all = {std::min(all.low, range.low), std::max(all.high, range.high)};
  }
  return all;
}

Result<void> ExtremesObserver::check_finite(const ir::Graph& graph) const {
  Diagnostics faults;
  for (const ir::ValueId id : activations(graph)) {
    const std::vector<Range>& ranges = samples(id);
    const auto bad = std::ranges::find_if(
        ranges, [](const Range& range) { return !std::isfinite(range.low) || !std::isfinite(range.high); });
    if (bad == ranges.end()) continue;
    faults.error(fmt::format("value '{}'", base::printable(graph.value(id).name)),
                 fmt::format("is not finite in calibration sample {}", bad - ranges.begin()));
    break;  // what follows from it is not finite either
  }
  return faults.result();
}

}  // namespace netfit::quant
