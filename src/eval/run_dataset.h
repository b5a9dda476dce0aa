// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "data/dataset.h"
#include "exec/executor.h"
#include "ir/graph.h"

namespace netfit::eval {

struct RunOutputs {
  std::vector<Tensor> outputs;  ///< one for each graph output, [n, ...], in graph layout
  double seconds = 0.0;         ///< wall time of inference alone
  double cpu_seconds = 0.0;     ///< of the whole process in that time
};

/// Runs all samples of `dataset`, a few hundred at a time so that memory stays bounded. Images need `chosen`; tensors
/// are taken as they are (data::adapt_tensors). Fails for a graph with several inputs, as a data set has one tensor a
/// sample.
Result<RunOutputs> run_dataset(exec::Executor& executor, const ir::Graph& graph, const data::Dataset& dataset,
                               const std::optional<ir::Preprocessing>& chosen, Progress& progress);

}  // namespace netfit::eval
