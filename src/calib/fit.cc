// SPDX-License-Identifier: Apache-2.0
// Maximum a posteriori by L-BFGS. Unknowns are deviations over their spreads, so that all priors are standard normal
// and the problem is well scaled.
#include "calib/fit.h"

#include <algorithm>
#include <cmath>

#include <lbfgs.h>

#include "calib/hierarchy.h"

namespace netfit::calib {
namespace {

using cost::kTermCount;
using cost::Term;

constexpr double kSigma = 0.05;   // of a latency's logarithm, in a configuration of usual noise
constexpr double kFreedom = 4.0;  // of Student's distribution
// Of a deviation that is known already, what new samples may move it by.
constexpr double kKnownSpread = 0.5;
// Spreads of a device's own deviations are those of boards with common networks. One with more rows than a few speaks
// for itself (on NAS-Bench-201, 50 cells: median error 6.7 to 3.8 %).
constexpr double kFewRows = 12.0;
constexpr double kMostFreedom = 4.0;
constexpr int kFirstIterations = 60;
constexpr int kIterations = 300;
// A configuration's noise is judged by its own errors, held back by this many of usual size.
constexpr double kNoisePrior = 6.0;
constexpr double kLeastNoise = 0.5;
constexpr double kLeastHostNoise = 0.2;  // hundreds of rows tell it
constexpr double kMostNoise = 4.0;

struct Link {
  std::size_t unknown;
  double weight;  // spread times loading
};

// The logarithm of one cycle count as a sum over unknowns.
struct Cell {
  bool priced = false;
  double expected = 0.0;
  std::vector<Link> links;
};

struct Observation {
  std::size_t situation;
  double log_ms;
  std::vector<std::pair<std::size_t, double>> work;  // (term, milliseconds at one cycle a unit), where it has any
  std::array<std::size_t, 2> model;                  // unknowns that the model has of its own
  double sigma = kSigma;
};

// A model's own deviation, and that with one or many threads in one precision.
std::array<std::string, 2> model_keys(const Situation& situation, const std::string& model) {
  const std::string kind = std::string(situation.threads > 1 ? "/many" : "/one") +
                           (situation.float_type == DType::Float16 ? "/fp16" : "/fp32");
  return {"model/" + model, "model/" + model + kind};
}

class Problem {
 public:
  Problem(const Samples& all, std::span<const std::size_t> chosen, const Coefficients* known = nullptr)
      : all_(all), known_(known) {
    cells_.resize(all.situations.size());
    freedom_ = std::clamp(static_cast<double>(chosen.size()) / kFewRows, 1.0, kMostFreedom);
    if (!all.situations.empty()) model_spread_ = model_spread(all.situations.front().population);
    for (const std::size_t i : chosen) add(all.samples[i]);
  }

  Coefficients solve() {
    std::vector<double> at(keys_.size(), 0.0);
    minimize(at, kFirstIterations);
    judge_noise(at);
    minimize(at, kIterations);
    judge_noise(at);
    return coefficients(at);
  }

 private:
  std::size_t unknown(const std::string& key, double spread) {
    const auto [found, fresh] = places_.emplace(key, keys_.size());
    if (fresh) {
      keys_.push_back(key);
      spreads_.push_back(spread);
    }
    return found->second;
  }

  void add(const Sample& sample) {
    const Situation& situation = all_.situations[sample.situation];
    Observation observation{.situation = sample.situation, .log_ms = sample.log_ms};
    for (std::size_t k = 0; k < kTermCount; ++k) {
      if (sample.counts.counts[k] == 0) continue;
      observation.work.emplace_back(k, sample.counts.counts[k] / (situation.clock_mhz * 1e3));
      add_cell(sample.situation, k);
    }
    if (known_ != nullptr) observation.log_ms -= model_deviation(situation, sample.model, *known_);
    const std::array<std::string, 2> keys = model_keys(situation, sample.model);
    observation.model = {unknown(keys[0], model_spread_), unknown(keys[1], model_spread_)};
    observations_.push_back(std::move(observation));
  }

  void add_cell(std::size_t situation, std::size_t k) {
    std::vector<Cell>& row = cells_[situation];
    row.resize(kTermCount);
    Cell& cell = row[k];
    if (cell.priced) return;
    cell.priced = true;
    const auto term = static_cast<Term>(k);
    cell.expected = expected_log_cycles(all_.situations[situation], term);
    for (const Effect& effect : effects_of(all_.situations[situation], term)) {
      double spread = effect.spread;
      if (known_ != nullptr) {
        const auto found = known_->deviations.find(effect.key);
        if (found != known_->deviations.end()) cell.expected += effect.loading * found->second;
        if (!is_own(effect.key)) continue;
        spread *= found != known_->deviations.end() ? kKnownSpread : freedom_;
      }
      cell.links.push_back({unknown(effect.key, spread), spread * effect.loading});
    }
  }

  // What an adapted device may change.
  static bool is_own(const std::string& key) { return key.starts_with("board/") || key.starts_with("configuration/"); }

  // Cycles of all situations and terms at `at`, into cycles_.
  void price(const double* at) const {
    cycles_.assign(cells_.size() * kTermCount, 0.0);
    for (std::size_t s = 0; s < cells_.size(); ++s) {
      for (std::size_t k = 0; k < cells_[s].size(); ++k) {
        const Cell& cell = cells_[s][k];
        if (!cell.priced) continue;
        double log_cycles = cell.expected;
        for (const Link& link : cell.links) log_cycles += link.weight * at[link.unknown];
        cycles_[s * kTermCount + k] = std::exp(log_cycles);
      }
    }
  }

  double predicted_ms(const Observation& observation) const {
    double ms = 0.0;
    for (const auto& [k, work] : observation.work) ms += work * cycles_[observation.situation * kTermCount + k];
    return ms;
  }

  double error_of(const Observation& observation, double ms, const double* at) const {
    return std::log(ms) + model_spread_ * (at[observation.model[0]] + at[observation.model[1]]) - observation.log_ms;
  }

  // Minus the logarithm of the posterior, and its gradient.
  double evaluate(const double* at, double* gradient) const {
    price(at);
    const std::size_t count = keys_.size();
    double sum = 0.0;
    for (std::size_t i = 0; i < count; ++i) {
      sum += 0.5 * at[i] * at[i];
      gradient[i] = at[i];
    }
    slopes_.assign(cycles_.size(), 0.0);
    for (const Observation& observation : observations_) {
      const double ms = predicted_ms(observation);
      const double error = error_of(observation, ms, at);
      const double scaled = error / observation.sigma;
      sum += 0.5 * (kFreedom + 1.0) * std::log1p(scaled * scaled / kFreedom);
      const double slope = (kFreedom + 1.0) * scaled / (kFreedom + scaled * scaled) / observation.sigma;
      for (const std::size_t model : observation.model) gradient[model] += slope * model_spread_;
      for (const auto& [k, work] : observation.work) {
        const std::size_t cell = observation.situation * kTermCount + k;
        slopes_[cell] += slope * work * cycles_[cell] / ms;
      }
    }
    for (std::size_t s = 0; s < cells_.size(); ++s) {
      for (std::size_t k = 0; k < cells_[s].size(); ++k) {
        const double slope = slopes_[s * kTermCount + k];
        for (const Link& link : cells_[s][k].links) gradient[link.unknown] += slope * link.weight;
      }
    }
    return sum;
  }

  void minimize(std::vector<double>& at, int iterations) const {
    lbfgs_parameter_t parameters;
    lbfgs_parameter_init(&parameters);
    parameters.m = 20;
    parameters.max_iterations = iterations;
    parameters.epsilon = 1e-4;
    parameters.linesearch = LBFGS_LINESEARCH_BACKTRACKING_WOLFE;
    const auto evaluate = [](void* self, const double* x, double* g, int, double) {
      return static_cast<const Problem*>(self)->evaluate(x, g);
    };
    // Any of its ends is good: converged, out of iterations, or no step that improves on rounding errors.
    lbfgs(static_cast<int>(at.size()), at.data(), nullptr, evaluate, nullptr, const_cast<Problem*>(this), &parameters);
  }

  void judge_noise(const std::vector<double>& at) {
    price(at.data());
    std::vector<std::vector<double>> errors(cells_.size());
    for (const Observation& observation : observations_) {
      errors[observation.situation].push_back(std::abs(error_of(observation, predicted_ms(observation), at.data())));
    }
    noise_.assign(cells_.size(), 1.0);
    for (std::size_t s = 0; s < errors.size(); ++s) {
      // The mean of what is left of each error under heavy tails; a normal error of sigma has a mean size of 0.8 sigma.
      double sum = kNoisePrior;
      for (const double error : errors[s]) sum += std::min(error / (0.8 * kSigma), 3.0 * kMostNoise);
      const bool host = all_.situations[s].population == Population::Host;
      noise_[s] = std::clamp(sum / (kNoisePrior + static_cast<double>(errors[s].size())),
                             host ? kLeastHostNoise : kLeastNoise, kMostNoise);
    }
    for (Observation& observation : observations_) observation.sigma = kSigma * noise_[observation.situation];
  }

  Coefficients coefficients(const std::vector<double>& at) const {
    Coefficients result;
    if (known_ != nullptr) result = *known_;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      // One device's rows say too little of what a model has of its own.
      if (known_ != nullptr && keys_[i].starts_with("model/")) continue;
      result.deviations[keys_[i]] += at[i] * spreads_[i];
    }
    for (std::size_t s = 0; s < cells_.size(); ++s) {
      if (!cells_[s].empty()) result.noise[all_.situations[s].key()] = noise_[s];
    }
    return result;
  }

  const Samples& all_;
  const Coefficients* known_;
  double model_spread_ = 0.0;
  double freedom_ = 1.0;                  // of a device that is adapted to many rows
  std::vector<std::vector<Cell>> cells_;  // by situation and term
  std::vector<Observation> observations_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<std::string> keys_;
  std::vector<double> spreads_;
  std::vector<double> noise_;
  mutable std::vector<double> cycles_;
  mutable std::vector<double> slopes_;
};

}  // namespace

double model_deviation(const Situation& situation, const std::string& model, const Coefficients& coefficients) {
  double sum = 0.0;
  for (const std::string& key : model_keys(situation, model)) {
    const auto found = coefficients.deviations.find(key);
    if (found != coefficients.deviations.end()) sum += found->second;
  }
  return sum;
}

CycleTable cycles_in(const Situation& situation, const Coefficients& coefficients) {
  CycleTable cycles{};
  for (std::size_t k = 0; k < kTermCount; ++k) {
    const auto term = static_cast<Term>(k);
    double log_cycles = expected_log_cycles(situation, term);
    for (const Effect& effect : effects_of(situation, term)) {
      const auto found = coefficients.deviations.find(effect.key);
      if (found != coefficients.deviations.end()) log_cycles += effect.loading * found->second;
    }
    cycles[k] = std::exp(log_cycles);
  }
  return cycles;
}

double latency_ms(const cost::TermCounts& counts, const CycleTable& cycles, double clock_mhz) {
  double sum = 0.0;
  for (std::size_t k = 0; k < kTermCount; ++k) sum += counts.counts[k] * cycles[k];
  return sum / (clock_mhz * 1e3);
}

Coefficients fit(const Samples& all, std::span<const std::size_t> chosen) { return Problem(all, chosen).solve(); }

Coefficients adapt(const Coefficients& known, const Samples& all, std::span<const std::size_t> chosen) {
  return Problem(all, chosen, &known).solve();
}

}  // namespace netfit::calib
