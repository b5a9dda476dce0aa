// SPDX-License-Identifier: Apache-2.0
#include "eval/measure_latency.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <time.h>

#include "base/check.h"

namespace netfit::eval {
namespace {

// Enough for an interval of the p50 (five are the fewest), and few enough that a sub-batch is longer than a time slice
// of the scheduler.
constexpr std::int64_t kSubBatches = 20;
constexpr std::int64_t kFewestSubBatches = 5;
// Bounds memory, not time.
constexpr std::int64_t kMostRuns = 1'000'000;

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double process_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// One subject and what is known of it so far.
struct Contestant {
  const Subject* subject = nullptr;
  std::vector<double> warmup_ms;
  std::vector<std::vector<double>> sub_batches;
  std::vector<std::int64_t> plan;  ///< runs of each sub-batch
  double wall_seconds = 0.0;
  double cpu_seconds = 0.0;
};

class Measuring {
 public:
  Measuring(std::span<const Subject> subjects, const LatencyOptions& options, Progress& progress)
      : options_(options),
        wall_clock_(options.wall_clock ? options.wall_clock : &steady_seconds),
        cpu_clock_(options.cpu_clock ? options.cpu_clock : &process_cpu_seconds),
        progress_(progress) {
    for (const Subject& subject : subjects) contestants_.push_back({.subject = &subject});
  }

  Result<LatencyMeasurement> measure() {
    progress_.begin("warming up", options_.warmup_runs * std::ssize(contestants_));
    for (Contestant& contestant : contestants_) NETFIT_TRY(warm_up(contestant));
    std::int64_t runs = 0;
    for (Contestant& contestant : contestants_) runs += plan(contestant);
    progress_.begin("measuring", runs);
    std::size_t rounds = 0;
    for (const Contestant& contestant : contestants_) rounds = std::max(rounds, contestant.plan.size());
    for (std::size_t round = 0; round < rounds && !progress_.stopped(); ++round) {
      for (Contestant& contestant : contestants_) {
        if (round < contestant.plan.size()) NETFIT_TRY(take_turn(contestant, contestant.plan[round]));
      }
      std::ranges::reverse(contestants_);
    }
    return conclude();
  }

 private:
  Result<double> time_once(const Subject& subject) {
    NETFIT_TRY(subject.load());
    const double start = wall_clock_();
    NETFIT_TRY(subject.invoke());
    return 1e3 * (wall_clock_() - start);
  }

  Result<void> warm_up(Contestant& contestant) {
    for (std::int64_t i = 0; i < options_.warmup_runs; ++i) {
      if (progress_.stopped()) return base::interrupted();
      contestant.warmup_ms.push_back(NETFIT_TRY(time_once(*contestant.subject)));
      progress_.advance(1);
    }
    if (options_.runs || options_.warmup_runs > 0) return {};
    // Without a warm-up the budget needs one run to be planned by; it is shown, so it counts as one.
    contestant.warmup_ms.push_back(NETFIT_TRY(time_once(*contestant.subject)));
    return {};
  }

  // Splits the runs into sub-batches that differ by one run at most; returns how many there are.
  std::int64_t plan(Contestant& contestant) const {
    std::int64_t runs = options_.runs.value_or(0);
    if (!options_.runs) {
      std::vector<double> sorted = contestant.warmup_ms;
      std::ranges::sort(sorted);
      const double one_run = std::max(quantile(sorted, 0.5) / 1e3, 1e-9);
      const double fitting = std::min(options_.budget_seconds / one_run, static_cast<double>(kMostRuns));
      runs = std::max(static_cast<std::int64_t>(fitting), kFewestSubBatches);
    }
    const std::int64_t sub_batches = std::min(runs, kSubBatches);
    for (std::int64_t i = 0; i < sub_batches; ++i) {
      contestant.plan.push_back(runs * (i + 1) / sub_batches - runs * i / sub_batches);
    }
    return runs;
  }

  Result<void> take_turn(Contestant& contestant, std::int64_t runs) {
    if (contestants_.size() > 1) NETFIT_TRY(time_once(*contestant.subject));
    std::vector<double>& times = contestant.sub_batches.emplace_back();
    const double wall = wall_clock_();
    const double cpu = cpu_clock_();
    for (std::int64_t i = 0; i < runs && !progress_.stopped(); ++i) {
      times.push_back(NETFIT_TRY(time_once(*contestant.subject)));
    }
    contestant.cpu_seconds += cpu_clock_() - cpu;
    contestant.wall_seconds += wall_clock_() - wall;
    // Once a turn: showing progress takes time that a run close by would feel.
    progress_.advance(std::ssize(times));
    return {};
  }

  Result<LatencyMeasurement> conclude() {
    std::ranges::sort(contestants_, {}, &Contestant::subject);
    LatencyMeasurement measurement{.complete = !progress_.stopped()};
    for (Contestant& contestant : contestants_) {
      std::erase_if(contestant.sub_batches, [](const std::vector<double>& times) { return times.empty(); });
      if (contestant.sub_batches.empty()) return base::interrupted();
      const double share = contestant.wall_seconds > 0.0 ? contestant.cpu_seconds / contestant.wall_seconds : 0.0;
      measurement.subjects.push_back({.warmup_ms = std::move(contestant.warmup_ms),
                                      .timed = summarize_latency(contestant.sub_batches),
                                      .cpu_percent = 100.0 * share});
    }
    return measurement;
  }

  const LatencyOptions& options_;
  Clock wall_clock_;
  Clock cpu_clock_;
  Progress& progress_;
  std::vector<Contestant> contestants_;
};

}  // namespace

Result<LatencyMeasurement> measure_latency(std::span<const Subject> subjects, const LatencyOptions& options,
                                           Progress& progress) {
  NETFIT_CHECK(!subjects.empty());
  NETFIT_CHECK(!options.runs || *options.runs > 0);
  return Measuring(subjects, options, progress).measure();
}

}  // namespace netfit::eval
