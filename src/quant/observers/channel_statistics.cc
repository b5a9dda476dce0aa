// SPDX-License-Identifier: Apache-2.0
#include "quant/observers/channel_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::quant {

void ChannelSums::add(const Tensor& tensor) {
  const std::span<const float> elements = tensor.data<float>();
  const auto channels = static_cast<std::size_t>(tensor.shape().dim(-1));
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  channels_.resize(channels, {.low = kInfinity, .high = -kInfinity});
  for (std::size_t row = 0; row < elements.size(); row += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      const float element = elements[row + c];
      Channel& channel = channels_[c];
      channel.low = std::min(channel.low, element);
      channel.high = std::max(channel.high, element);
      channel.sum += static_cast<double>(element);
      channel.squares += static_cast<double>(element) * static_cast<double>(element);
    }
  }
  rows_ += tensor.element_count() / std::max<std::int64_t>(tensor.shape().dim(-1), 1);
}

std::vector<ChannelStatistics> ChannelSums::statistics() const {
  std::vector<ChannelStatistics> result;
  const auto rows = static_cast<double>(rows_);
  for (const Channel& channel : channels_) {
    result.push_back({channel.low, channel.high, channel.sum / rows, channel.squares / rows});
  }
  return result;
}

Result<StatisticsByValue> measure_channels(const ir::Graph& graph, const Samples& samples) {
  std::unordered_map<ir::ValueId, ChannelSums> sums;
  const auto executor = NETFIT_TRY(exec::create_fast_observable(graph, samples.engine));
  // The observer is called from this thread, in the order of the samples, so that sums fall out the same each time.
  NETFIT_TRY(executor->run_observed(
      samples.inputs,
      [&](ir::ValueId value, std::int64_t, const Tensor& tensor) {
        const bool has_channels = tensor.dtype() == DType::Float32 && graph.value(value).shape.rank() > 0;
        if (has_channels && tensor.element_count() > 0) sums[value].add(tensor);
      },
      samples.progress));
  StatisticsByValue result;
  for (const ir::ValueId value : graph.values()) {
    const auto place = sums.find(value);
    if (place == sums.end()) continue;
    std::vector<ChannelStatistics>& statistics = result[value] = place->second.statistics();
    // A sum of squares is finite only if all that went in is.
    const auto is_bad = [](const ChannelStatistics& channel) { return !std::isfinite(channel.mean_square); };
    if (!std::ranges::any_of(statistics, is_bad)) continue;
    return bad_input(fmt::format("value '{}' is not finite for some sample", base::printable(graph.value(value).name)));
  }
  return result;
}

}  // namespace netfit::quant
