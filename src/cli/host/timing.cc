// SPDX-License-Identifier: Apache-2.0
#include "cli/host/timing.h"

#include <algorithm>
#include <limits>
#include <memory>

#include <time.h>

#include "base/progress.h"
#include "cli/executors.h"
#include "eval/measure_latency.h"
#include "tensor/random_tensor.h"

namespace netfit::cli {
namespace {

constexpr std::int64_t kWarmupRuns = 3;
constexpr std::uint64_t kInputSeed = 1;

double thread_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Stops with the user's progress, shows nothing.
class SilentProgress : public Progress {
 public:
  explicit SilentProgress(Progress& outer) : outer_(outer) {}
  void begin(std::string_view, std::int64_t) override {}
  void advance(std::int64_t) override {}
  bool stopped() const override { return outer_.stopped(); }

 private:
  Progress& outer_;
};

HostTiming summarize(const eval::LatencySummary& timed) {
  double best[2] = {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};
  for (std::size_t i = 0; i < timed.sub_batch_p50s_ms.size(); ++i) {
    best[i % 2] = std::min(best[i % 2], timed.sub_batch_p50s_ms[i]);
  }
  const bool both = timed.sub_batch_p50s_ms.size() > 1;
  return {.ms = std::min(best[0], best[1]), .repeat = both ? best[0] / best[1] : 1.0};
}

}  // namespace

Result<std::vector<HostTiming>> time_models(std::span<const Model> models, double seconds,
                                            const Environment& environment) {
  std::vector<std::unique_ptr<exec::Invocation>> invocations;
  std::vector<std::vector<Tensor>> inputs(models.size());
  std::vector<eval::Subject> subjects;
  for (std::size_t i = 0; i < models.size(); ++i) {
    for (const ir::GraphInput& input : models[i].graph.inputs) {
      const ir::Value& value = models[i].graph.value(input.value);
      inputs[i].push_back(tensor::random_tensor(kInputSeed + inputs[i].size(), value.dtype, value.shape));
    }
    invocations.push_back(NETFIT_TRY(located(make_invocation("litert", models[i], 1, environment), models[i].name)));
    exec::Invocation* const door = invocations.back().get();
    const std::vector<Tensor>* const sample = &inputs[i];
    subjects.push_back(
        {.load = [door, sample] { return door->load(*sample); }, .invoke = [door] { return door->invoke(); }});
  }
  SilentProgress silent(*environment.progress);
  const eval::LatencyOptions how{.warmup_runs = kWarmupRuns,
                                 .runs = std::nullopt,
                                 .budget_seconds = seconds,
                                 .wall_clock = &thread_cpu_seconds,
                                 .cpu_clock = &thread_cpu_seconds};
  const eval::LatencyMeasurement measured = NETFIT_TRY(eval::measure_latency(subjects, how, silent));
  if (!measured.complete) return base::interrupted();
  std::vector<HostTiming> timings;
  for (const eval::MeasuredLatency& subject : measured.subjects) timings.push_back(summarize(subject.timed));
  return timings;
}

}  // namespace netfit::cli
