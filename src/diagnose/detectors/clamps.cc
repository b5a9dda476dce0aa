// SPDX-License-Identifier: Apache-2.0
//
// A layer whose clamp differs from the reference's. Clamps that the ends of the integers stand for are in the form
// already (clamps.h).

#include "diagnose/clamps.h"

#include <fmt/format.h>

#include "diagnose/detectors/detectors.h"
#include "diagnose/restore.h"

namespace netfit::diagnose {

Result<Suspicions> suspect_clamps(const Examination& exam) {
  Suspicion suspicion{.finding = {.kind = FaultKind::ClampLost}, .where = Where::Float};
  std::vector<LayerPair> layers;
  for (const LayerPair& layer : exam.layers) {
    const auto own = fused_activation(exam.form.node(layer.subject));
    const auto wanted = fused_activation(exam.reference->node(layer.reference));
    if (!own || !wanted || own == wanted) continue;
    const ir::NodeView node(exam.form, exam.form.node(layer.subject));
    suspicion.finding.layer = layers.empty() ? node.node().name : "";
    suspicion.finding.evidence.push_back({.what = fmt::format("clamps its result by {}, the reference by {}",
                                                              ir::attr_text(*own), ir::attr_text(*wanted)),
                                          .place = ir::describe(node),
                                          .channel = std::nullopt});
    layers.push_back(layer);
  }
  if (layers.empty()) return Suspicions{};
  suspicion.correct = [&exam, layers](ir::Graph& form) -> Result<void> {
    restore_layers(form, *exam.reference, layers, {.weights = false, .bias = false});
    return {};
  };
  return Suspicions{std::move(suspicion)};
}

}  // namespace netfit::diagnose
