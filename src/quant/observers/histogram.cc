// SPDX-License-Identifier: Apache-2.0
#include "quant/observers/histogram.h"

#include <algorithm>
#include <numeric>

namespace netfit::quant {

std::int64_t Histogram::total() const { return std::accumulate(counts.begin(), counts.end(), std::int64_t{0}); }

HistogramObserver::HistogramObserver(const Ranges& ranges) {
  for (const auto& [value, range] : ranges) {
    slots_[value] = std::make_unique<Slot>();
    slots_[value]->histogram = {.range = range, .counts = std::vector<std::int64_t>(kBins, 0)};
  }
}

void HistogramObserver::observe(ir::ValueId value, const Tensor& tensor) {
  const auto found = slots_.find(value);
  if (found == slots_.end()) return;
  Slot& slot = *found->second;
  const Histogram& histogram = slot.histogram;
  const double width = histogram.bin_width();
  std::vector<std::int64_t> counts(kBins, 0);
  for (const float element : tensor.data<float>()) {
    const double place =
        width > 0 ? (static_cast<double>(element) - static_cast<double>(histogram.range.low)) / width : 0;
    ++counts[static_cast<std::size_t>(std::clamp(place, 0.0, static_cast<double>(kBins - 1)))];
  }
  const std::lock_guard lock(slot.mutex);
  for (std::size_t bin = 0; bin < kBins; ++bin) slot.histogram.counts[bin] += counts[bin];
}

}  // namespace netfit::quant
