// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "exec/engine.h"
#include "ir/graph.h"

namespace netfit::diagnose {

/// A network as somebody feeds it.
struct Fed {
  ir::Graph graph;  ///< as imported, not optimized
  std::optional<ir::Preprocessing>
      preprocessing;  ///< what the harness does to pixels; the graph's own record if absent
};

/// What is diagnosed, and all that is known beside it.
struct Case {
  Fed subject;
  std::optional<Fed> reference;           ///< the float network that the subject was made from
  data::Dataset test;                     ///< what accuracy is measured on
  std::optional<data::Dataset> training;  ///< what ranges can be compared with
  std::optional<Tensor> observed;  ///< raw outputs [n, ...] that the user's own runs gave for the first n test samples
};

/// What runs graphs.
struct Tools {
  exec::Engine engine;
  /// The reference executor (interp), which this folder may not name.
  std::function<Result<std::unique_ptr<exec::ObservableExecutor>>(const ir::Graph&)> reference;
  Progress& progress;
};

}  // namespace netfit::diagnose
