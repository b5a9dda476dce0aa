// SPDX-License-Identifier: Apache-2.0
// Rounding errors of different layers are nearly independent of each other, so the powers of what they do to the
// outputs add up, and a choice between precisions needs each layer's alone. It is measured with everything else in
// float: between layers that are quantized too, one more change draws all their roundings anew, and that hides what an
// exact precision saves (docs/mixed-precision.md).
#include "quant/mixed/sensitivity.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "ir/op_spec.h"
#include "quant/fidelity.h"

namespace netfit::quant {
namespace {

// log(sum(exp(scores))), without overflow.
double log_sum(std::span<const float> scores) {
  const double most = std::ranges::max(scores);
  double sum = 0.0;
  for (const float score : scores) sum += std::exp(score - most);
  return most + std::log(sum);
}

double mean_kl(const Tensor& reference, const Tensor& output) {
  const auto samples = static_cast<std::size_t>(reference.shape()[0]);
  const std::size_t classes = static_cast<std::size_t>(reference.element_count()) / samples;
  double total = 0.0;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto p = reference.data<float>().subspan(i * classes, classes);
    const auto q = output.data<float>().subspan(i * classes, classes);
    const double log_p = log_sum(p);
    const double log_q = log_sum(q);
    for (std::size_t j = 0; j < classes; ++j) {
      total += std::exp(p[j] - log_p) * ((p[j] - log_p) - (q[j] - log_q));
    }
  }
  return total / static_cast<double>(samples);
}

Result<std::vector<Tensor>> run(const ir::Graph& graph, const Samples& samples) {
  const auto executor = NETFIT_TRY(exec::create_fast(graph, samples.engine));
  return executor->run(samples.inputs, samples.progress);
}

Effect effect_of(const std::vector<Tensor>& reference, const std::vector<Tensor>& outputs) {
  const Fidelity fidelity = compare_outputs(reference, outputs);
  return {.sqnr_db = fidelity.sqnr_db,
          .kl = mean_kl(reference.front(), outputs.front()),
          .agreement_percent = fidelity.agreement_percent(),
          .noise = std::pow(10.0, -fidelity.sqnr_db / 10.0)};
}

}  // namespace

Result<std::vector<LayerSensitivity>> measure_sensitivity(const MixedJob& job, const Samples& samples) {
  const std::vector<Tensor> reference = NETFIT_TRY(run(job.graph, samples));
  const std::vector<ir::NodeId> layers = layers_of(job.graph);
  // The candidate behind the others is what everything but one layer is in.
  std::vector<LayerCandidate> candidates(job.candidates.begin(), job.candidates.end());
  candidates.push_back({{.activations = Arithmetic::Float32, .weights = WeightType::Float32}});
  std::vector<std::size_t> chosen(layers.size(), candidates.size() - 1);
  samples.progress.begin("measuring layers", std::ssize(layers));
  std::vector<LayerSensitivity> sensitivities;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    LayerSensitivity sensitivity{.layer = layers[i]};
    for (std::size_t candidate = 0; candidate < job.candidates.size(); ++candidate) {
      chosen[i] = candidate;
      LayerOptions options = assemble(job.graph, candidates, chosen);
      options.io = Io::Float32;
      const ir::Graph quantized = NETFIT_TRY(quantize_layers(job.graph, job.ranges, options));
      sensitivity.effects.push_back(effect_of(reference, NETFIT_TRY(run(quantized, samples))));
      if (!std::isfinite(sensitivity.effects.back().noise)) {
        return bad_input(fmt::format("{} in {} makes outputs that are not finite",
                                     ir::describe(ir::NodeView(job.graph, job.graph.node(layers[i]))),
                                     name(candidates[candidate].precision)));
      }
    }
    chosen[i] = candidates.size() - 1;
    sensitivities.push_back(std::move(sensitivity));
    samples.progress.advance(1);
  }
  return sensitivities;
}

Result<LayerCosts> measure_costs(const MixedJob& job, Io io, const ir::GraphCost& cost, Progress& progress) {
  const std::vector<ir::NodeId> layers = layers_of(job.graph);
  std::vector<std::size_t> chosen(layers.size(), 0);
  const auto cost_of_chosen = [&]() -> Result<double> {
    LayerOptions options = assemble(job.graph, job.candidates, chosen);
    options.io = io;
    return cost(NETFIT_TRY(quantize_layers(job.graph, job.ranges, options)));
  };
  LayerCosts costs{.all_first = NETFIT_TRY(cost_of_chosen())};
  progress.begin("costing layers", std::ssize(layers));
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (progress.stopped()) return base::interrupted();
    std::vector<double> differences{0.0};
    for (chosen[i] = 1; chosen[i] < job.candidates.size(); ++chosen[i]) {
      differences.push_back(NETFIT_TRY(cost_of_chosen()) - costs.all_first);
    }
    chosen[i] = 0;
    costs.differences.push_back(std::move(differences));
    progress.advance(1);
  }
  return costs;
}

std::vector<LayerChoice> choices_of(const MixedJob& job, const std::vector<LayerSensitivity>& sensitivities,
                                    const LayerCosts& costs) {
  NETFIT_CHECK(sensitivities.size() == costs.differences.size());
  std::vector<LayerChoice> choices;
  for (std::size_t i = 0; i < sensitivities.size(); ++i) {
    LayerChoice choice{.layer = sensitivities[i].layer};
    for (std::size_t j = 0; j < job.candidates.size(); ++j) {
      choice.options.push_back(
          {job.candidates[j].precision, costs.differences[i][j], sensitivities[i].effects[j].noise});
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

}  // namespace netfit::quant
