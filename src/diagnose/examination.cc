// SPDX-License-Identifier: Apache-2.0
#include "diagnose/examination.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "data/preprocess.h"
#include "diagnose/clamps.h"
#include "diagnose/float_form.h"
#include "diagnose/match.h"
#include "ir/absent_weights.h"
#include "passes/layer_channels.h"
#include "passes/pipelines.h"

namespace netfit::diagnose {
namespace {

// A correction that brings back one point in a hundred is seen on as many samples; a network of a few million
// multiplications answers them in half a second.
constexpr std::int64_t kTrials = 400;

Result<ir::Graph> optimized(const Fed& fed, std::string_view role) {
  NETFIT_TRY(ir::require_weights(fed.graph));
  if (fed.graph.inputs.size() != 1) {
    return bad_input(fmt::format("{} has {} inputs (allowed: 1)", role, fed.graph.inputs.size()));
  }
  ir::Graph graph = fed.graph;
  NETFIT_TRY(passes::optimize(graph));
  return graph;
}

Result<std::optional<ir::Preprocessing>> preprocessing_of(const Fed& fed, const data::Dataset& dataset) {
  if (!dataset.images) return std::optional<ir::Preprocessing>();
  const auto chosen = NETFIT_TRY(data::choose_preprocessing(fed.graph, fed.graph.inputs.front(), fed.preprocessing));
  return std::optional(chosen.preprocessing);
}

Result<void> check_float(const ir::Graph& reference) {
  const bool is_float = std::ranges::none_of(
      reference.values(), [&](ir::ValueId id) { return tensor::is_integer(reference.value(id).dtype); });
  if (is_float) return {};
  return bad_input("the reference is quantized (allowed: a float network)");
}

std::vector<LayerPair> pair_layers(const ir::Graph& reference, const ir::Graph& form) {
  std::vector<LayerPair> layers;
  for (const NodePair& pair : match_graphs(reference, form).nodes) {
    const ir::NodeView a(reference, reference.node(pair.a));
    const ir::NodeView b(form, form.node(pair.b));
    if (!passes::is_layer(a.op()) || &a.op() != &b.op() || !a.input(1).is_constant() || !b.input(1).is_constant()) {
      continue;
    }
    if (a.input(1).shape == b.input(1).shape) layers.push_back({.subject = pair.b, .reference = pair.a});
  }
  return layers;
}

}  // namespace

const ir::NodeId* Examination::reference_of(ir::NodeId subject_node) const {
  const auto found = std::ranges::find(layers, subject_node, &LayerPair::subject);
  return found == layers.end() ? nullptr : &found->reference;
}

bool Examination::takes_pixels() const {
  const ir::Value& input = subject.value(subject.inputs.front().value);
  return input.quant && input.quant->scale() == 1.0F;
}

double Examination::agreement(RungKind rung) const {
  const auto found = answers.find(rung);
  return found == answers.end() ? 0.0 : agreement(found->second);
}

Result<Examination> examine(const Case& given, const Tools& tools) {
  Examination exam{.given = given, .tools = tools};
  exam.subject = NETFIT_TRY(optimized(given.subject, "the network"));
  exam.form = NETFIT_TRY(make_float_form(exam.subject));
  exam.harness = NETFIT_TRY(preprocessing_of(given.subject, given.test));
  exam.record = given.test.images && given.subject.graph.inputs.front().preprocessing
                    ? given.subject.graph.inputs.front().preprocessing
                    : exam.harness;
  if (given.reference) {
    exam.reference = NETFIT_TRY(located(optimized(*given.reference, "the reference"), "reference"));
    NETFIT_TRY(located(check_float(*exam.reference), "reference"));
    exam.record = NETFIT_TRY(located(preprocessing_of(*given.reference, given.test), "reference"));
    exam.layers = pair_layers(*exam.reference, exam.form);
  }
  restore_implied_clamps(exam.form, exam.subject, exam.reference ? &*exam.reference : nullptr, exam.layers);
  exam.trials = first_samples(given.test, kTrials);
  return exam;
}

}  // namespace netfit::diagnose
