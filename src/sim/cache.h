// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "device/device.h"

namespace netfit::sim {

/// What went through a cache. Counts, not times.
struct CacheCounts {
  std::int64_t accesses = 0;     ///< lines asked for
  std::int64_t misses = 0;       ///< lines fetched from behind
  std::int64_t write_backs = 0;  ///< changed lines that had to go
};

/// One set-associative cache, exact: least recently used lines make room, writes fetch their line and mark it changed.
class Cache {
 public:
  explicit Cache(const device::Cache& geometry);

  struct Outcome {
    bool hit = false;
    std::int64_t written_back = -1;  ///< the line that had to go changed; -1: none
  };
  /// `line`: address / bytes of a line.
  Outcome access(std::int64_t line, bool writes);

  std::int64_t line_bytes() const { return line_bytes_; }
  const CacheCounts& counts() const { return counts_; }

 private:
  struct Way {
    std::int64_t line = -1;
    bool changed = false;
  };
  std::int64_t line_bytes_;
  std::int64_t sets_;
  std::size_t ways_;
  std::vector<Way> lines_;  // by set, each from the most to the least recently used
  CacheCounts counts_;
};

/// Caches behind each other: what misses one asks the next.
class CacheHierarchy {
 public:
  /// Nearest to the core first; lines don't shrink on the way out.
  explicit CacheHierarchy(std::span<const device::Cache> levels);

  void access(std::int64_t address, std::int64_t bytes, bool writes);
  const std::vector<Cache>& levels() const { return levels_; }

 private:
  void ask(std::size_t level, std::int64_t line, bool writes);

  std::vector<Cache> levels_;
};

}  // namespace netfit::sim
