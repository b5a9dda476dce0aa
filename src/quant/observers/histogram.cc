// SPDX-License-Identifier: Apache-2.0
#include "quant/observers/histogram.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numeric>

#include "exec/kernels/clones.h"

namespace netfit::quant {
namespace {

// Bins of the grid on either side of zero.
constexpr int kSide = 16'384;
constexpr int kSideBits = 14;
// Narrower ones would be lost in single precision.
constexpr int kLeastExponent = -100;
constexpr std::size_t kBlock = 1024;
constexpr std::size_t kVector = 8;
using Floats [[gnu::vector_size(kVector * sizeof(float))]] = float;
using Integers [[gnu::vector_size(kVector * sizeof(std::int32_t))]] = std::int32_t;

struct Grid {
  float bins_per_unit;
  std::int32_t first;  ///< bin that is called 0
};

// Rounds down: truncates, and takes back what that raised. `count` is rounded up to whole vectors,
// which lie within what may be read behind a tensor.
NETFIT_CLONES void find_bins(const float* elements, std::size_t count, const Grid& grid, std::int32_t* bins) {
  for (std::size_t i = 0; i < count; i += kVector) {
    Floats places;
    std::memcpy(&places, elements + i, sizeof places);
    places *= grid.bins_per_unit;
    Integers found = __builtin_convertvector(places, Integers);
    found += __builtin_convertvector(found, Floats) > places;  // -1 where that is so
    found -= grid.first;
    std::memcpy(bins + i, &found, sizeof found);
  }
}

// Equal elements, zeros above all, come in runs: even and odd ones are counted apart, so that an addition need not
// always wait for the one before. Adds to `counts`, whose first is that of grid.first and which hold all elements.
void count(std::span<const float> elements, const Grid& grid, std::span<std::int64_t> counts) {
  std::vector<std::int32_t> even(counts.size(), 0);
  std::vector<std::int32_t> odd(counts.size(), 0);
  std::array<std::int32_t, kBlock> bins;
  for (std::size_t first = 0; first < elements.size(); first += kBlock) {
    const std::size_t length = std::min(kBlock, elements.size() - first);
    find_bins(elements.data() + first, length, grid, bins.data());
    for (std::size_t i = 0; i + 1 < length; i += 2) {
      ++even[static_cast<std::size_t>(bins[i])];
      ++odd[static_cast<std::size_t>(bins[i + 1])];
    }
    if (length % 2 == 1) ++even[static_cast<std::size_t>(bins[length - 1])];
  }
  for (std::size_t bin = 0; bin < counts.size(); ++bin) counts[bin] += std::int64_t{even[bin]} + odd[bin];
}

std::int32_t bin_of(float element, float bins_per_unit) {
  return static_cast<std::int32_t>(std::floor(element * bins_per_unit));
}

// The least with which every element lies on the grid.
int exponent_for(const Range& range) {
  int exponent = 0;
  static_cast<void>(std::frexp(std::max(std::fabs(range.low), std::fabs(range.high)), &exponent));
  return std::max(exponent - kSideBits, kLeastExponent);
}

}  // namespace

std::int64_t Histogram::total() const { return std::accumulate(counts.begin(), counts.end(), std::int64_t{0}); }

HistogramObserver::HistogramObserver(const std::vector<ir::ValueId>& values) {
  for (const ir::ValueId value : values) {
    slots_[value] = std::make_unique<Slot>();
    slots_[value]->exponent = kLeastExponent;
    slots_[value]->counts.resize(2 * kSide, 0);
  }
}

// Halves of a bin are two bins of the finer grid: which one an element was in makes no difference.
void HistogramObserver::widen(Slot& slot, int exponent) {
  if (exponent <= slot.exponent) return;
  const int doublings = std::min(exponent - slot.exponent, kSideBits + 1);
  std::vector<std::int64_t> wide(2 * kSide, 0);
  for (int bin = -kSide; bin < kSide; ++bin) {
    wide[static_cast<std::size_t>((bin >> doublings) + kSide)] += slot.counts[static_cast<std::size_t>(bin + kSide)];
  }
  slot.counts = std::move(wide);
  slot.exponent = exponent;
}

void HistogramObserver::observe(ir::ValueId value, const Range& range, const Tensor& tensor) {
  const auto found = slots_.find(value);
  if (found == slots_.end() || !std::isfinite(range.low) || !std::isfinite(range.high)) return;
  Slot& slot = *found->second;
  const std::lock_guard lock(slot.mutex);
  widen(slot, exponent_for(range));
  const float bins_per_unit = std::ldexp(1.0F, -slot.exponent);
  const std::int32_t first = bin_of(range.low, bins_per_unit);
  const std::int32_t last = bin_of(range.high, bins_per_unit);
  const auto counts = std::span(slot.counts).subspan(static_cast<std::size_t>(first + kSide));
  count(tensor.data<float>(), {bins_per_unit, first}, counts.first(static_cast<std::size_t>(last - first + 1)));
}

Histogram HistogramObserver::histogram(ir::ValueId value, const Range& range) const {
  const Slot& slot = *slots_.at(value);
  Histogram histogram{.range = range, .counts = std::vector<std::int64_t>(kBins, 0)};
  const double width = std::ldexp(1.0, slot.exponent);
  for (int bin = -kSide; bin < kSide; ++bin) {
    const std::int64_t elements = slot.counts[static_cast<std::size_t>(bin + kSide)];
    if (elements == 0) continue;
    const double place = ((bin + 0.5) * width - static_cast<double>(range.low)) / histogram.bin_width();
    const double within = histogram.bin_width() > 0 ? std::clamp(place, 0.0, static_cast<double>(kBins - 1)) : 0.0;
    histogram.counts[static_cast<std::size_t>(within)] += elements;
  }
  return histogram;
}

}  // namespace netfit::quant
