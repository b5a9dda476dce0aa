// SPDX-License-Identifier: Apache-2.0
#include "quant/observers/histogram.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "exec/kernels/clones.h"

namespace netfit::quant {
namespace {

constexpr std::size_t kBlock = 1024;
// Equal elements, zeros above all, come in runs. Each lane counts every fourth, so that an addition need not wait for
// the one before.
constexpr std::size_t kLanes = 4;

struct Grid {
  double start;
  double bins_per_unit;
};

NETFIT_CLONES void find_bins(const float* elements, std::size_t count, const Grid& grid, std::int32_t* bins) {
  const double start = grid.start;
  const double bins_per_unit = grid.bins_per_unit;
  constexpr auto kLast = static_cast<std::int32_t>(HistogramObserver::kBins - 1);
  for (std::size_t i = 0; i < count; ++i) {
    // Ranges hold all elements, so only rounding can lead out of the bins.
    const auto bin = static_cast<std::int32_t>((static_cast<double>(elements[i]) - start) * bins_per_unit);
    const std::int32_t raised = bin < 0 ? 0 : bin;
    bins[i] = raised > kLast ? kLast : raised;
  }
}

std::vector<std::int64_t> count(std::span<const float> elements, const Grid& grid) {
  std::vector<std::int32_t> lanes(kLanes * HistogramObserver::kBins, 0);
  std::array<std::int32_t, kBlock> bins;
  for (std::size_t first = 0; first < elements.size(); first += kBlock) {
    const std::size_t length = std::min(kBlock, elements.size() - first);
    find_bins(elements.data() + first, length, grid, bins.data());
    for (std::size_t i = 0; i < length; ++i) {
      ++lanes[i % kLanes * HistogramObserver::kBins + static_cast<std::size_t>(bins[i])];
    }
  }
  std::vector<std::int64_t> counts(HistogramObserver::kBins, 0);
  for (std::size_t i = 0; i < lanes.size(); ++i) counts[i % HistogramObserver::kBins] += lanes[i];
  return counts;
}

}  // namespace

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
  const double width = slot.histogram.bin_width();
  const Grid grid{.start = static_cast<double>(slot.histogram.range.low), .bins_per_unit = width > 0 ? 1 / width : 0};
  const std::vector<std::int64_t> counts = count(tensor.data<float>(), grid);
  const std::lock_guard lock(slot.mutex);
  for (std::size_t bin = 0; bin < kBins; ++bin) slot.histogram.counts[bin] += counts[bin];
}

}  // namespace netfit::quant
