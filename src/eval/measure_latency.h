// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "eval/latency_statistics.h"

namespace netfit::eval {

/// What is timed: `invoke`, again and again. `load` comes before each and is not timed.
struct Subject {
  std::function<Result<void>()> load;
  std::function<Result<void>()> invoke;
};

/// Seconds from some fixed moment on.
using Clock = std::function<double()>;

struct LatencyOptions {
  /// Runs of each subject before any is timed.
  std::int64_t warmup_runs = 20;
  /// Timed runs of each subject; without it as many as fill the budget, judged by the warm-up, but at least five.
  std::optional<std::int64_t> runs;
  double budget_seconds = 2.0;
  Clock wall_clock;  ///< the host's steady clock if empty
  Clock cpu_clock;   ///< the CPU time of this process if empty
};

struct MeasuredLatency {
  std::vector<double> warmup_ms;  ///< in the order of running; the first one is often far slower
  LatencySummary timed;
  /// CPU time of the process over wall time while this subject ran, in percent: far below 100 for each thread of the
  /// subject means that other processes took the CPU.
  double cpu_percent = 0.0;
};

struct LatencyMeasurement {
  std::vector<MeasuredLatency> subjects;  ///< in the order given
  bool complete = true;                   ///< false if the user stopped it; what is there was measured before
};

/// Times all subjects in turns, a sub-batch of runs each, in an order that is reversed from round to round, so that
/// drift of the machine hits all alike. Where there are several, an untimed run begins each turn, for the others have
/// the caches by then. Stopped by the user with fewer than one timed run each, it fails as interrupted.
Result<LatencyMeasurement> measure_latency(std::span<const Subject> subjects, const LatencyOptions& options,
                                           Progress& progress);

}  // namespace netfit::eval
