// SPDX-License-Identifier: Apache-2.0
#include "sim/cache.h"

#include <algorithm>

namespace netfit::sim {

Cache::Cache(const device::Cache& geometry)
    : line_bytes_(geometry.line_bytes),
      sets_(geometry.set_count()),
      ways_(static_cast<std::size_t>(geometry.ways)),
      lines_(static_cast<std::size_t>(sets_) * ways_) {}

Cache::Outcome Cache::access(std::int64_t line, bool writes) {
  ++counts_.accesses;
  const auto begin = lines_.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(line % sets_) * ways_);
  const auto end = begin + static_cast<std::ptrdiff_t>(ways_);
  auto found = std::find_if(begin, end, [&](const Way& way) { return way.line == line; });
  Outcome outcome{.hit = found != end};
  if (!outcome.hit) {
    ++counts_.misses;
    found = end - 1;
    if (found->changed) {
      ++counts_.write_backs;
      outcome.written_back = found->line;
    }
    *found = {line, false};
  }
  found->changed |= writes;
  std::rotate(begin, found, found + 1);
  return outcome;
}

CacheHierarchy::CacheHierarchy(std::span<const device::Cache> levels) {
  for (const device::Cache& level : levels) levels_.emplace_back(level);
}

void CacheHierarchy::access(std::int64_t address, std::int64_t bytes, bool writes) {
  const std::int64_t line = levels_.front().line_bytes();
  for (std::int64_t at = address / line; at <= (address + bytes - 1) / line; ++at) ask(0, at, writes);
}

void CacheHierarchy::ask(std::size_t level, std::int64_t line, bool writes) {
  Cache& cache = levels_[level];
  const Cache::Outcome outcome = cache.access(line, writes);
  if (level + 1 == levels_.size()) return;
  const std::int64_t ratio = levels_[level + 1].line_bytes() / cache.line_bytes();
  if (outcome.written_back >= 0) ask(level + 1, outcome.written_back / ratio, true);
  if (!outcome.hit) ask(level + 1, line / ratio, false);
}

}  // namespace netfit::sim
