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

/// Counts every value on a grid around zero whose bins are a power of two wide and double when the elements outgrow it.
/// Neither the order of tensors nor the number of threads leaves a trace.
class HistogramObserver {
 public:
  static constexpr std::size_t kBins = 4096;

  explicit HistogramObserver(const std::vector<ir::ValueId>& values);

  /// `range` holds all elements of `tensor`. May be called from several threads.
  void observe(ir::ValueId value, const Range& range, const Tensor& tensor);

  /// Over `range`, which holds all elements, in kBins parts: a bin of the grid, some third of one, counts where its
  /// middle lies.
  Histogram histogram(ir::ValueId value, const Range& range) const;

 private:
  struct Slot {
    std::mutex mutex;
    int exponent;  ///< bins are 2^exponent wide
    std::vector<std::int64_t> counts;
  };
  static void widen(Slot& slot, int exponent);

  std::unordered_map<ir::ValueId, std::unique_ptr<Slot>> slots_;
};

}  // namespace netfit::quant
