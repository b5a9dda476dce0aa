// SPDX-License-Identifier: Apache-2.0
#include "cost/footprint.h"

#include <algorithm>
#include <limits>

namespace netfit::cost {
namespace {

// Downwards, also below 0.
std::int64_t floor_divide(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

}  // namespace

Footprint::Footprint(std::int64_t offset, std::int64_t width, std::int64_t rows, std::int64_t step) {
  for (std::int64_t row = 0; row < rows; ++row)
    intervals_.push_back({offset + row * step, offset + row * step + width});
  merge();
}

void Footprint::merge() {
  std::ranges::sort(intervals_, {}, &Interval::begin);
  std::size_t kept = 0;
  for (std::size_t i = 1; i < intervals_.size(); ++i) {
    if (intervals_[i].begin <= intervals_[kept].end) {
      intervals_[kept].end = std::max(intervals_[kept].end, intervals_[i].end);
    } else {
      intervals_[++kept] = intervals_[i];
    }
  }
  if (!intervals_.empty()) intervals_.resize(kept + 1);
}

Footprint Footprint::repeated(std::int64_t trips, std::int64_t step) const {
  if (step == 0 || trips == 1) return *this;
  Footprint all;
  // One interval that overlaps its next place is one long interval; the usual case, and trips may be many.
  if (intervals_.size() == 1 && intervals_.front().end - intervals_.front().begin >= step) {
    all.intervals_.push_back({intervals_.front().begin, intervals_.front().end + (trips - 1) * step});
    return all;
  }
  all.intervals_.reserve(intervals_.size() * static_cast<std::size_t>(trips));
  for (std::int64_t i = 0; i < trips; ++i) {
    for (const Interval& interval : intervals_) {
      all.intervals_.push_back({interval.begin + i * step, interval.end + i * step});
    }
  }
  all.merge();
  return all;
}

Footprint Footprint::shifted(std::int64_t bytes) const {
  Footprint moved = *this;
  for (Interval& interval : moved.intervals_) {
    interval.begin += bytes;
    interval.end += bytes;
  }
  return moved;
}

Footprint Footprint::clipped(std::int64_t begin, std::int64_t end) const {
  Footprint kept;
  for (const Interval& interval : intervals_) {
    const Interval part{std::max(interval.begin, begin), std::min(interval.end, end)};
    if (part.begin < part.end) kept.intervals_.push_back(part);
  }
  return kept;
}

Footprint Footprint::joined(const Footprint& other) const {
  Footprint both = *this;
  both.intervals_.insert(both.intervals_.end(), other.intervals_.begin(), other.intervals_.end());
  both.merge();
  return both;
}

Footprint Footprint::common(const Footprint& other) const {
  Footprint both;
  auto a = intervals_.begin();
  auto b = other.intervals_.begin();
  while (a != intervals_.end() && b != other.intervals_.end()) {
    const Interval part{std::max(a->begin, b->begin), std::min(a->end, b->end)};
    if (part.begin < part.end) both.intervals_.push_back(part);
    ++(a->end < b->end ? a : b);
  }
  return both;
}

// visit(first line, number of lines): runs of lines, none twice.
template <typename Visit>
void Footprint::for_each_run(std::int64_t base, std::int64_t line_bytes, Visit visit) const {
  std::int64_t next = std::numeric_limits<std::int64_t>::min();
  for (const Interval& interval : intervals_) {
    const std::int64_t first = std::max(next, floor_divide(base + interval.begin, line_bytes));
    next = floor_divide(base + interval.end - 1, line_bytes) + 1;
    if (first < next) visit(first, next - first);
  }
}

std::int64_t Footprint::lines(std::int64_t base, std::int64_t line_bytes) const {
  std::int64_t count = 0;
  for_each_run(base, line_bytes, [&](std::int64_t, std::int64_t run) { count += run; });
  return count;
}

void Footprint::count_lines(std::int64_t base, const device::Cache& cache, std::vector<double>& by_set) const {
  const std::int64_t sets = cache.set_count();
  by_set.resize(static_cast<std::size_t>(sets), 0.0);
  double everywhere = 0.0;
  for_each_run(base, cache.line_bytes, [&](std::int64_t first, std::int64_t run) {
    everywhere += static_cast<double>(run / sets);
    const std::int64_t begin = ((first % sets) + sets) % sets;
    for (std::int64_t i = 0; i < run % sets; ++i) by_set[static_cast<std::size_t>((begin + i) % sets)] += 1.0;
  });
  for (double& count : by_set) count += everywhere;
}

}  // namespace netfit::cost
