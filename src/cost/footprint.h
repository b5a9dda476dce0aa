// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "device/device.h"

namespace netfit::cost {

/// Bytes of an array that some part of a loop nest touches: intervals from its first access on, apart and in order.
class Footprint {
 public:
  Footprint() = default;
  /// `rows` intervals of `width` bytes, `step` apart.
  Footprint(std::int64_t offset, std::int64_t width, std::int64_t rows, std::int64_t step);

  /// Of `trips` iterations, each `step` bytes behind the one before.
  Footprint repeated(std::int64_t trips, std::int64_t step) const;
  Footprint shifted(std::int64_t bytes) const;
  Footprint clipped(std::int64_t begin, std::int64_t end) const;
  Footprint joined(const Footprint& other) const;
  Footprint common(const Footprint& other) const;
  bool empty() const { return intervals_.empty(); }

  /// Lines of the cache, if the array begins at `base`.
  std::int64_t lines(std::int64_t base, std::int64_t line_bytes) const;
  /// Adds the number of its lines that fall into each set.
  void count_lines(std::int64_t base, const device::Cache& cache, std::vector<double>& by_set) const;

 private:
  struct Interval {
    std::int64_t begin;
    std::int64_t end;
  };
  void merge();
  template <typename Visit>
  void for_each_run(std::int64_t base, std::int64_t line_bytes, Visit visit) const;

  std::vector<Interval> intervals_;
};

}  // namespace netfit::cost
