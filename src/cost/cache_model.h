// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cost/loop_nest.h"
#include "device/device.h"

namespace netfit::cost {

/// What one operand of a kernel that finds a cache empty does to it. Least recently used lines make room; writes fetch
/// their line (write-back, write-allocate).
struct CacheTraffic {
  double accesses = 0.0;  ///< lines asked for
  double misses = 0.0;    ///< lines fetched from behind it
  double first = 0.0;     ///< those of them that had not been asked for before
};

/// Predicts it for each operand from reuse distances, without walking through the nest; see cache_model.cc. Needs ways,
/// line and size of the cache. tests/integration/cache_model_test.cc judges it by exact simulation.
std::vector<CacheTraffic> predict_traffic(const LoopNest& nest, const device::Cache& cache);

}  // namespace netfit::cost
