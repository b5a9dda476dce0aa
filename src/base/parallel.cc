// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include <sched.h>

namespace netfit::base {

Result<void> parallel_for(std::int64_t count, int threads, const std::function<Result<void>(std::int64_t, int)>& work) {
  std::atomic<std::int64_t> next{0};
  std::atomic<bool> failed{false};
  std::mutex mutex;
  std::optional<std::pair<std::int64_t, Error>> first;

  const auto run_worker = [&](int worker) {
    while (!failed) {
      const std::int64_t index = next++;
      if (index >= count) return;
      Result<void> result = work(index, worker);
      if (result) continue;
      failed = true;
      const std::lock_guard lock(mutex);
      if (!first || index < first->first) first.emplace(index, std::move(result.error()));
    }
  };

  const int workers = static_cast<int>(std::clamp<std::int64_t>(threads, 1, std::max<std::int64_t>(count, 1)));
  std::vector<std::thread> pool;
  for (int worker = 1; worker < workers; ++worker) pool.emplace_back(run_worker, worker);
  run_worker(0);
  for (std::thread& thread : pool) thread.join();
  if (first) return fail(std::move(first->second));
  return {};
}

int available_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace netfit::base
