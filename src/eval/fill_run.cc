// SPDX-License-Identifier: Apache-2.0
#include "eval/fill_run.h"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/check.h"
#include "cost/estimate.h"
#include "eval/accuracy.h"
#include "eval/run_dataset.h"

namespace netfit::eval {
namespace {

// What does not run has no peak RAM either, although it could be computed; counts stay.
void withdraw_predictions(store::Run& run, const std::string& reason) {
  run.layers.clear();
  for (const Quantity quantity :
       {Quantity::Latency, Quantity::PeakRam, Quantity::Arena, Quantity::Flash, Quantity::Energy}) {
    std::erase_if(run.readings, [&](const Reading& reading) { return reading.quantity == quantity; });
    std::erase_if(run.unavailable, [&](const store::Unavailable& missing) { return missing.quantity == quantity; });
    run.unavailable.push_back({quantity, reason});
  }
}

}  // namespace

void add_estimate(store::Run& run, const cost::Estimate& estimate) {
  run.readings.insert(run.readings.end(), estimate.readings.begin(), estimate.readings.end());
  for (const cost::Estimate::Missing& missing : estimate.unavailable) {
    run.unavailable.push_back({missing.quantity, missing.reason});
  }
  for (const cost::LayerCost& layer : estimate.layers) {
    run.layers.push_back({.name = layer.name,
                          .op = layer.op,
                          .macs = layer.macs,
                          .latency_ms = layer.latency_ms,
                          .energy_mj = layer.energy_mj,
                          .bound = std::string(cost::name(layer.bound)),
                          .utilisation = layer.utilisation,
                          .live_bytes = layer.live_bytes});
  }
}

Result<Reading> measure_top1(exec::Executor& executor, const ir::Graph& graph, const data::Dataset& dataset,
                             const std::optional<ir::Preprocessing>& chosen, Progress& progress) {
  if (!dataset.labelled()) return bad_input(fmt::format("data set '{}' has no labels", dataset.name));
  const RunOutputs run = NETFIT_TRY(run_dataset(executor, graph, dataset, chosen, progress));
  const std::vector<std::int64_t> classes = top_classes(run.outputs.front());
  NETFIT_CHECK(classes.size() == dataset.labels.size());
  std::int64_t hits = 0;
  for (std::size_t i = 0; i < classes.size(); ++i) hits += classes[i] == dataset.labels[i] ? 1 : 0;
  const double value = 100.0 * static_cast<double>(hits) / static_cast<double>(dataset.count());
  const Interval interval = wilson_interval(hits, dataset.count());
  // With all or no samples right the bound is the value itself but for its rounding.
  return Reading{Quantity::Top1,
                 value,
                 std::min(interval.low, value),
                 std::max(interval.high, value),
                 base::Source::Measured,
                 fmt::format("{} of {} samples", hits, dataset.count())};
}

Result<void> add_estimate(store::Run& run, const ir::Graph& graph, const device::Device& device,
                          const device::Runtime& runtime, const std::optional<Reading>& latency) {
  const cost::EstimateOptions options{
      .threads = static_cast<int>(run.threads), .as_type = std::nullopt, .memory_use = false, .latency = latency};
  const cost::Estimate estimate = NETFIT_TRY(cost::estimate(graph, device, runtime, options));
  add_estimate(run, estimate);
  const std::vector<std::string> reasons = cost::check_support(graph, runtime);
  if (reasons.empty()) return {};
  const std::string more = reasons.size() > 1 ? fmt::format(" (and {} more reasons)", reasons.size() - 1) : "";
  withdraw_predictions(run, fmt::format("{} does not run it: {}{}", runtime.name, reasons.front(), more));
  return {};
}

}  // namespace netfit::eval
