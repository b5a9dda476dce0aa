// SPDX-License-Identifier: Apache-2.0
#include "eval/run_dataset.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>
#include <time.h>

#include "base/check.h"
#include "data/preprocess.h"

namespace netfit::eval {
namespace {

// Chunks start small, so that progress shows early even with the interpreter, and grow while they are quick.
constexpr std::int64_t kFirstChunk = 32;
constexpr std::int64_t kLastChunk = 512;
constexpr double kQuick = 1.0;  // seconds

// Samples are counted here; whatever stages an executor has are its own affair.
class StopOnly : public Progress {
 public:
  explicit StopOnly(const Progress& outer) : outer_(outer) {}
  bool stopped() const override { return outer_.stopped(); }

 private:
  const Progress& outer_;
};

double process_cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Result<Tensor> prepare(const Tensor& samples, const ir::Graph& graph, const data::Dataset& dataset,
                       const std::optional<ir::Preprocessing>& chosen) {
  const ir::GraphInput& input = graph.inputs.front();
  if (!dataset.images) return data::adapt_tensors(samples, graph, input);
  NETFIT_CHECK(chosen.has_value());
  return data::preprocess(samples, graph.value(input.value), *chosen);
}

Result<void> check_outputs(const std::vector<Tensor>& parts, std::size_t outputs, std::int64_t samples) {
  NETFIT_CHECK(parts.size() == outputs);
  for (const Tensor& part : parts) {
    if (part.dtype() == DType::Int4) return bad_input("outputs of type i4 cannot be joined");
    NETFIT_CHECK(part.shape().rank() >= 1 && part.shape()[0] == samples);
  }
  return {};
}

// Puts the results of the samples from `begin` on into tensors for all `count` samples, made at the first call.
void place(const std::vector<Tensor>& parts, std::int64_t begin, std::int64_t count, std::vector<Tensor>& whole) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (begin == 0) whole.emplace_back(parts[i].dtype(), parts[i].shape().with_dim(0, count));
    const std::int64_t sample_bytes = parts[i].byte_count() / parts[i].shape()[0];
    std::ranges::copy(parts[i].bytes(), whole[i].mutable_bytes().begin() + begin * sample_bytes);
  }
}

}  // namespace

Result<RunOutputs> run_dataset(exec::Executor& executor, const ir::Graph& graph, const data::Dataset& dataset,
                               const std::optional<ir::Preprocessing>& chosen, Progress& progress) {
  if (graph.inputs.size() != 1) {
    return bad_input(fmt::format("network has {} inputs, but data set '{}' has one tensor a sample (allowed: 1 input)",
                                 graph.inputs.size(), dataset.name));
  }
  StopOnly inner(progress);
  RunOutputs result;
  progress.begin("evaluating", dataset.count());
  std::int64_t chunk = kFirstChunk;
  for (std::int64_t begin = 0; begin < dataset.count();) {
    if (progress.stopped()) return base::interrupted();
    const std::int64_t end = std::min(begin + chunk, dataset.count());
    const Tensor input = NETFIT_TRY(prepare(dataset.samples.slice(begin, end), graph, dataset, chosen));

    const auto started = std::chrono::steady_clock::now();
    const double cpu_started = process_cpu_seconds();
    const std::vector<Tensor> outputs = NETFIT_TRY(executor.run({&input, 1}, inner));
    result.cpu_seconds += process_cpu_seconds() - cpu_started;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    result.seconds += seconds;

    NETFIT_TRY(check_outputs(outputs, graph.outputs.size(), end - begin));
    place(outputs, begin, dataset.count(), result.outputs);
    progress.advance(end - begin);
    begin = end;
    if (seconds < kQuick) chunk = std::min(4 * chunk, kLastChunk);
  }
  return result;
}

}  // namespace netfit::eval
