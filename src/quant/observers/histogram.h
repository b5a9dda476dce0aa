// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "quant/quantize.h"

namespace netfit::quant {

/// How many elements of a value fell into each of equally wide parts of its range.
struct Histogram {
  Range range;
  std::vector<std::int64_t> counts;

  double bin_width() const {
    return (static_cast<double>(range.high) - static_cast<double>(range.low)) / static_cast<double>(counts.size());
  }
  double centre(std::size_t bin) const {
    return static_cast<double>(range.low) + (static_cast<double>(bin) + 0.5) * bin_width();
  }
  std::int64_t total() const;
};

/// Counts every value over a range known beforehand. Counts are whole numbers, whose sum does not depend on order.
class HistogramObserver {
 public:
  static constexpr std::size_t kBins = 4096;

  explicit HistogramObserver(const Ranges& ranges);

  /// May be called from several threads.
  void observe(ir::ValueId value, const Tensor& tensor);

  const Histogram& histogram(ir::ValueId value) const { return slots_.at(value)->histogram; }

 private:
  struct Slot {
    std::mutex mutex;
    Histogram histogram;
  };
  std::unordered_map<ir::ValueId, std::unique_ptr<Slot>> slots_;
};

}  // namespace netfit::quant
