// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "passes/pass.h"

namespace netfit::passes {

struct PipelineReport {
  struct Step {
    std::string_view pass;
    Change change;
  };
  std::vector<Step> steps;
};

/// Runs passes in order; after each one the verifier must hold (a violation is a bug of ours).
Result<PipelineReport> run_passes(ir::Graph& graph, const std::vector<const PassSpec*>& passes);

/// What every imported graph goes through: afterwards it is channels-last, without transposes inside a CNN and without
/// shape arithmetic. Batch norm and activations stay as they were in the file.
Result<PipelineReport> canonicalize(ir::Graph& graph);

/// For execution, quantization and export to runtimes: batch norm folded, activations and pads fused.
Result<PipelineReport> optimize(ir::Graph& graph);

/// The same, with every batch norm left behind the layer that could take it, for a training that folds them anew in
/// each step. Values that `optimize` makes of the result are among those of the result.
Result<PipelineReport> optimize_but_batch_norm(ir::Graph& graph);

}  // namespace netfit::passes
