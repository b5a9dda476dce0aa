// SPDX-License-Identifier: Apache-2.0
// Maximum a posteriori by coordinate search: each unknown is moved up or down by its own step while that helps. There
// are some ten unknowns and some hundred equations, and the objective is smooth, so nothing cleverer is needed.
#include "fit.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "cost/kernels.h"
#include "cost/latency.h"
#include "cost/memory_plan.h"
#include "cost/regions.h"

namespace netfit::published {
namespace {

using device::KernelClass;

// Where efficiencies are believed to lie before any row is seen, and how far off (standard deviation of the logarithm).
constexpr double kPriorSpread = 0.7;
const std::map<KernelClass, double> kPrior{
    {KernelClass::Conv1x1, 0.6},
    {KernelClass::Conv, 0.6},
    {KernelClass::Stem, 0.3},
    {KernelClass::Depthwise, 0.15},
    {KernelClass::Grouped, 0.2},
    {KernelClass::FullyConnected, 0.25},
    {KernelClass::MatMul, 0.25},
    {KernelClass::Elementwise, 0.1},
    {KernelClass::Pool, 0.1},
    {KernelClass::Movement, 0.08},
    {KernelClass::Transcendental, 0.006},
};
constexpr double kPriorOverhead = 8000.0;  // cycles
constexpr double kPriorShare = 0.9;        // parallel, of the whole
// No kernel is faster than the core, but Winograd's algorithm does less work than the direct convolution: 4 times less
// in its largest form, of which transforms take a part.
constexpr double kMostByWinograd = 3.0;
constexpr double kErrorScale = 0.15;  // of a latency's logarithm
constexpr double kErrorTails = 4.0;   // degrees of freedom of Student's distribution

double logit(double share) { return std::log(share / (1.0 - share)); }
double share_of(double value) { return 1.0 / (1.0 + std::exp(-value)); }

// All unknowns as one vector: logarithms of the efficiencies, then of the overhead, then the logit of the share.
struct Unknowns {
  std::vector<std::pair<DType, KernelClass>> keys;
  std::vector<double> prior;
  std::vector<double> most;

  explicit Unknowns(const std::vector<Equation>& equations) {
    std::map<std::pair<DType, KernelClass>, double> seen;
    for (const Equation& equation : equations) {
      for (const auto& [kernel, ms] : equation.compute_ms) seen[{equation.type, kernel}] += ms;
    }
    for (const auto& [key, ms] : seen) {
      keys.push_back(key);
      prior.push_back(std::log(kPrior.at(key.second)));
      most.push_back(std::log(key.second == KernelClass::Conv ? kMostByWinograd : 1.0));
    }
    prior.push_back(std::log(kPriorOverhead));
    prior.push_back(logit(kPriorShare));
    most.resize(prior.size(), std::numeric_limits<double>::max());
  }

  Figures figures(const std::vector<double>& at) const {
    Figures figures;
    for (std::size_t i = 0; i < keys.size(); ++i) figures.efficiency[keys[i]] = std::exp(at[i]);
    figures.overhead_cycles = std::exp(at[keys.size()]);
    figures.parallel_share = share_of(at[keys.size() + 1]);
    return figures;
  }
};

double badness(const std::vector<Equation>& equations, const Unknowns& unknowns, const std::vector<double>& at) {
  const Figures figures = unknowns.figures(at);
  double sum = 0.0;
  for (const Equation& equation : equations) {
    const double error = std::log(predict_ms(equation, figures) / equation.truth_ms) / kErrorScale;
    sum += equation.weight * 0.5 * (kErrorTails + 1.0) * std::log1p(error * error / kErrorTails);
  }
  for (std::size_t i = 0; i < at.size(); ++i) {
    const double off = (at[i] - unknowns.prior[i]) / kPriorSpread;
    sum += 0.5 * off * off;
  }
  return sum;
}

// Every platform counts the same, however many rows it has.
void weigh(std::vector<Equation>& equations) {
  std::map<std::string, double> rows;
  for (const Equation& equation : equations) rows[equation.platform] += 1.0;
  for (Equation& equation : equations) {
    equation.weight =
        static_cast<double>(equations.size()) / (static_cast<double>(rows.size()) * rows[equation.platform]);
  }
}

}  // namespace

double predict_ms(const Equation& equation, const Figures& figures) {
  double compute = 0.0;
  for (const auto& [kernel, ms] : equation.compute_ms) {
    const auto fitted = figures.efficiency.find({equation.type, kernel});
    compute += ms / (fitted == figures.efficiency.end() ? kPrior.at(kernel) : fitted->second);
  }
  return compute / cost::speed_up(figures.parallel_share, equation.threads) + equation.memory_ms +
         equation.overhead_ms * figures.overhead_cycles;
}

std::vector<Equation> equations_of(const std::vector<Case>& cases) {
  std::vector<Equation> equations;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const Case& made = cases[i];
    device::Runtime ideal = *made.runtime;
    for (const KernelClass kernel : device::kernel_classes()) ideal.efficiency[made.row.type][kernel] = 1.0;
    const bool half = ideal.float32_as_float16 && made.device->simd.macs_per_cycle.contains(DType::Float16);
    const cost::Typing typing{made.row.type, half};
    const std::vector<cost::Kernel> kernels = cost::list_kernels(*made.graph, ideal, typing);
    const cost::MemoryPlan plan = cost::plan_memory(*made.graph, {.in_place = ideal.in_place, .typing = typing});
    const std::int64_t weights = cost::weight_bytes(*made.graph, typing);
    const cost::MemoryMap map =
        cost::map_memory(*made.device, {.arena_bytes = plan.arena_bytes, .weight_bytes = weights});
    const cost::LatencyContext context{*made.device, ideal, made.row.threads, map.activations, map.weights, weights};
    Equation equation{.place = i,
                      .type = made.row.type,
                      .threads = made.row.threads,
                      .truth_ms = made.row.latency_ms,
                      .platform = platform_of(made.row)};
    for (const cost::Kernel& kernel : kernels) {
      const cost::KernelTime time = cost::time_kernel(kernel, context);
      equation.compute_ms[kernel.kind] += time.compute_ms * cost::speed_up(ideal.parallel_share, made.row.threads);
      equation.memory_ms += time.memory_ms;
      equation.overhead_ms += 1.0 / (made.device->clock_mhz * 1e3);
    }
    equations.push_back(std::move(equation));
  }
  return equations;
}

Figures fit(std::vector<Equation> equations) {
  weigh(equations);
  const Unknowns unknowns(equations);
  std::vector<double> at = unknowns.prior;
  std::vector<double> step(at.size(), 0.3);
  double best = badness(equations, unknowns, at);
  for (int sweep = 0; sweep < 300; ++sweep) {
    for (std::size_t i = 0; i < at.size(); ++i) {
      for (const double direction : {1.0, -1.0}) {
        std::vector<double> moved = at;
        moved[i] = std::min(moved[i] + direction * step[i], unknowns.most[i]);
        const double reached = badness(equations, unknowns, moved);
        if (reached >= best) continue;
        best = reached;
        at = std::move(moved);
        step[i] *= 2.6;
        break;
      }
      step[i] *= 0.5;
    }
    if (*std::ranges::max_element(step) < 1e-3) break;
  }
  return unknowns.figures(at);
}

Figures figures_of(const device::Runtime& runtime) {
  Figures figures{.overhead_cycles = runtime.layer_overhead_cycles, .parallel_share = runtime.parallel_share};
  for (const auto& [type, classes] : runtime.efficiency) {
    for (const auto& [kernel, share] : classes) figures.efficiency[{type, kernel}] = share;
  }
  return figures;
}

}  // namespace netfit::published
