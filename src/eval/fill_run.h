// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/progress.h"
#include "base/result.h"
#include "cost/estimate.h"
#include "data/dataset.h"
#include "device/device.h"
#include "device/runtime.h"
#include "exec/executor.h"
#include "ir/graph.h"
#include "store/run.h"

namespace netfit::eval {

/// The share of the labelled samples whose greatest score is the label, measured, with its Wilson interval.
Result<Reading> measure_top1(exec::Executor& executor, const ir::Graph& graph, const data::Dataset& dataset,
                             const std::optional<ir::Preprocessing>& chosen, Progress& progress);

/// Adds an estimate: readings, what is unavailable, layers.
void add_estimate(store::Run& run, const cost::Estimate& estimate);

/// Adds what the cost model says of `graph` on the device, run.threads busy: readings, what is unavailable, layers. A
/// graph that the runtime cannot run gets no predictions, only exact counts and the reason. `latency` is what
/// measurements of the device say, if any (cost::EstimateOptions).
Result<void> add_estimate(store::Run& run, const ir::Graph& graph, const device::Device& device,
                          const device::Runtime& runtime, const std::optional<Reading>& latency);

}  // namespace netfit::eval
