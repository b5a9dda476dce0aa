// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "base/result.h"

namespace netfit::base {

/// Calls `work(index, worker)` for every index in [0, count) on `threads` workers (worker in [0, threads)); indices are
/// handed out in order, one at a time. Stops handing out after the first failure and returns the failure with the
/// lowest index among those seen. `threads` below 1 counts as 1; with 1 everything runs on the calling thread.
Result<void> parallel_for(std::int64_t count, int threads,
                          const std::function<Result<void>(std::int64_t index, int worker)>& work);

/// The number of CPUs that this process may use, at least 1.
int available_threads();

}  // namespace netfit::base
