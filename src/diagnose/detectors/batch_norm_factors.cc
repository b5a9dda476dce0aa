// SPDX-License-Identifier: Apache-2.0
#include "diagnose/detectors/batch_norm_factors.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "diagnose/detectors/layer_profile.h"
#include "ir/ops/normalization.h"
#include "ir/uses.h"
#include "passes/affine.h"

namespace netfit::diagnose {
namespace {

constexpr double kTolerance = 0.05;  // of a ratio; rounding moves it less
constexpr double kShare = 0.85;      // of the channels must be explained

template <typename Expected>
bool explains(const std::vector<double>& ratios, Expected expected) {
  std::int64_t right = 0;
  for (std::size_t c = 0; c < ratios.size(); ++c) {
    right += std::fabs(ratios[c] / expected(c) - 1.0) < kTolerance ? 1 : 0;
  }
  return static_cast<double>(right) >= kShare * static_cast<double>(ratios.size());
}

}  // namespace

std::optional<BatchNormFactors> batch_norm_factors(const Examination& exam, ir::NodeId reference_layer) {
  const ir::Graph& graph = exam.given.reference->graph;
  if (!graph.contains(reference_layer)) return std::nullopt;
  const ir::Uses uses(graph);
  const std::span<const ir::NodeId> readers = uses.readers(graph.node(reference_layer).outputs.front());
  if (readers.size() != 1 || graph.node(readers.front()).op != &ir::kBatchNorm) return std::nullopt;
  const ir::NodeView batch_norm(graph, graph.node(readers.front()));
  const auto affine = passes::affine_of_batch_norm(batch_norm);
  if (!affine) return std::nullopt;
  return BatchNormFactors{.factors = affine->factor,
                          .variances = tensor::to_doubles(*batch_norm.input(4).constant),
                          .epsilon = static_cast<double>(batch_norm.attrs<ir::BatchNormAttrs>().epsilon)};
}

std::string explain_fold(const BatchNormFactors& batch_norm, const std::vector<double>& ratios) {
  if (batch_norm.factors.size() != ratios.size()) return "";
  if (explains(ratios, [&](std::size_t c) { return batch_norm.factors[c]; })) return "twice";
  if (explains(ratios, [&](std::size_t c) { return 1.0 / batch_norm.factors[c]; })) return "not at all";
  std::vector<double> epsilons;
  for (std::size_t c = 0; c < ratios.size(); ++c) {
    epsilons.push_back((batch_norm.variances[c] + batch_norm.epsilon) / (ratios[c] * ratios[c]) -
                       batch_norm.variances[c]);
  }
  const double epsilon = median(epsilons);
  const auto with_epsilon = [&](std::size_t c) {
    return std::sqrt((batch_norm.variances[c] + batch_norm.epsilon) / (batch_norm.variances[c] + epsilon));
  };
  if (epsilon <= 0.0 || !explains(ratios, with_epsilon)) return "";
  return fmt::format("with epsilon {:.2g} instead of {:.2g}", epsilon, batch_norm.epsilon);
}

}  // namespace netfit::diagnose
