// SPDX-License-Identifier: Apache-2.0
#include "passes/pipelines.h"

#include <initializer_list>

#include <fmt/format.h>

#include "base/check.h"
#include "ir/verifier.h"
#include "passes/catalog.h"

namespace netfit::passes {
namespace {

std::vector<const PassSpec*> passes_named(std::initializer_list<std::string_view> names) {
  std::vector<const PassSpec*> passes;
  for (const std::string_view name : names) {
    const Result<const PassSpec*> pass = find_pass(name);
    NETFIT_CHECK(pass.has_value());
    passes.push_back(*pass);
  }
  return passes;
}

}  // namespace

Result<PipelineReport> run_passes(ir::Graph& graph, const std::vector<const PassSpec*>& passes) {
  PipelineReport report;
  for (const PassSpec* pass : passes) {
    const Change change = NETFIT_TRY(with_context(pass->run(graph), fmt::format("while running pass {}", pass->name)));
    report.steps.push_back({pass->name, change});
    // The graph was valid before, so whatever is wrong now, the pass did it.
    if (const Result<void> valid = ir::verify(graph); !valid) {
      base::report_bug(__FILE__, __LINE__,
                       fmt::format("pass {} broke the graph: {}", pass->name, valid.error().text()));
    }
  }
  return report;
}

Result<PipelineReport> canonicalize(ir::Graph& graph) {
  return run_passes(graph, passes_named({
                               // Files carry what training needed; nothing below should spend thought on it.
                               "eliminate-dead-nodes",

                               // Importers leave transposes and reshapes on weights, some of them in half precision or
                               // quantized. Layouts move more easily through constants than through nodes.
                               "fold-constants",

                               // A squeeze behind an unsqueeze would hide the transpose before them.
                               "eliminate-identities",
                               "canonicalize-layout",

                               // Transposes of one element per channel have become reshapes, often next to others.
                               "eliminate-identities",
                               "eliminate-dead-nodes",
                           }));
}

namespace {

Result<PipelineReport> optimize_folding(ir::Graph& graph, std::string_view fold_batch_norm) {
  return run_passes(graph, passes_named({
                               // A hard swish is one op in every runtime; its parts must be found before the next pass
                               // takes the hard sigmoid apart, which gives fuse-activation a sum and its relu6.
                               "fuse-hard-swish",
                               "decompose-hard-sigmoid",

                               // Batch norm goes before activations are fused: a fused activation hides the pattern.
                               fold_batch_norm,
                               "decompose-batch-norm",
                               "fuse-pad",
                               "fuse-activation",

                               // Statistics and weights that were folded have no reader left.
                               "fold-constants",
                               "eliminate-identities",
                               "eliminate-dead-nodes",
                           }));
}

}  // namespace

Result<PipelineReport> optimize(ir::Graph& graph) { return optimize_folding(graph, "fold-batch-norm"); }

Result<PipelineReport> optimize_but_batch_norm(ir::Graph& graph) {
  return optimize_folding(graph, "fold-batch-norm-behind");
}

}  // namespace netfit::passes
