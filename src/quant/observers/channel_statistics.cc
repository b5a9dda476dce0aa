// SPDX-License-Identifier: Apache-2.0
#include "quant/observers/channel_statistics.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "base/text.h"
#include "exec/kernels/clones.h"

namespace netfit::quant {

namespace {

constexpr std::size_t kVector = 4;
using Floats [[gnu::vector_size(kVector * sizeof(float))]] = float;
using Doubles [[gnu::vector_size(kVector * sizeof(double))]] = double;

/// What Channel holds, for some channels side by side.
struct SideBySide {
  Floats low;
  Floats high;
  Doubles sum;
  Doubles squares;
};

NETFIT_CLONES void add_rows(const float* elements, std::size_t rows, std::size_t channels, SideBySide& sums) {
  SideBySide now = sums;
  for (std::size_t row = 0; row < rows; ++row) {
    Floats some;
    std::memcpy(&some, elements + row * channels, sizeof some);
    const Doubles wide = __builtin_convertvector(some, Doubles);
    now.low = some < now.low ? some : now.low;
    now.high = some > now.high ? some : now.high;
    now.sum += wide;
    now.squares += wide * wide;
  }
  sums = now;
}

}  // namespace

// Some channels after the other; what stands beyond the last is read and dropped.
void ChannelSums::add(const Tensor& tensor) {
  const std::span<const float> elements = tensor.data<float>();
  const auto channels = static_cast<std::size_t>(tensor.shape().dim(-1));
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  channels_.resize(channels, {.low = kInfinity, .high = -kInfinity});
  const std::size_t rows = elements.size() / std::max<std::size_t>(channels, 1);
  for (std::size_t first = 0; first < channels; first += kVector) {
    const std::size_t count = std::min(kVector, channels - first);
    SideBySide sums{};
    for (std::size_t i = 0; i < count; ++i) {
      const Channel& channel = channels_[first + i];
      sums.low[i] = channel.low;
      sums.high[i] = channel.high;
      sums.sum[i] = channel.sum;
      sums.squares[i] = channel.squares;
    }
    add_rows(elements.data() + first, rows, channels, sums);
    for (std::size_t i = 0; i < count; ++i) {
      channels_[first + i] = {sums.low[i], sums.high[i], sums.sum[i], sums.squares[i]};
    }
  }
  rows_ += static_cast<std::int64_t>(rows);
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
