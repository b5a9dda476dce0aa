// SPDX-License-Identifier: Apache-2.0
//
// A walk that never turns back: each step adds one thing to the best recipe so far and keeps it if it helps by more
// than chance. Trying all combinations would take some thirty times as long, and the techniques hardly get into each
// other's way.
#include "quant/auto_recipe.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "base/random.h"
#include "base/sign_statistics.h"
#include "quant/recipe_workshop.h"

namespace netfit::quant {
namespace {

/// One thing more.
struct Idea {
  std::string_view name;
  void (*add)(Recipe&);
};

constexpr Idea kEqualized{"equalized", [](Recipe& recipe) {
                            recipe.guard_dead_channels = true;
                            recipe.equalize = true;
                            recipe.absorb_high_bias = true;
                          }};
constexpr Idea kBiasCorrected{"bias-corrected",
                              [](Recipe& recipe) { recipe.bias_correction = BiasCorrection::Empirical; }};
constexpr Idea kAdaRound{"adaround", [](Recipe& recipe) { recipe.rounding = Rounding::AdaRound; }};
constexpr Idea kMinMax{"min-max", [](Recipe& recipe) { recipe.ranges.estimator = RangeEstimator::MinMax; }};
constexpr Idea kPercentile{"percentile", [](Recipe& recipe) { recipe.ranges.estimator = RangeEstimator::Percentile; }};
constexpr Idea kEntropy{"entropy", [](Recipe& recipe) { recipe.ranges.estimator = RangeEstimator::Entropy; }};

// Where 8 bits hold the weights, activations are what is left to win at; where 4 do, roundings decide, and what they
// leave of a network decides little. Ranges matter to 8-bit activations alone.
constexpr std::array kForEightBits{kEqualized, kBiasCorrected, kPercentile, kMinMax, kEntropy, kAdaRound};
constexpr std::array kForFewBits{kEqualized, kBiasCorrected, kAdaRound, kPercentile, kMinMax, kEntropy};
constexpr std::array kForWeights{kEqualized, kBiasCorrected, kAdaRound};

std::span<const Idea> ideas_for(const PrecisionPlan& plan) {
  const auto has = [&](auto&& property) {
    return property(plan.everywhere) ||
           std::ranges::any_of(plan.exceptions, property, [](const auto& exception) { return exception.second; });
  };
  if (!has([](const Precision& precision) { return precision.activations == Arithmetic::Int8; })) return kForWeights;
  if (has([](const Precision& precision) { return precision.weights == WeightType::Int4; })) return kForFewBits;
  return kForEightBits;
}

// A choice; docs/recipes.md says what files near it lose.
constexpr double kNearEnoughDb = 25.0;
// Of two recipes that differ by less neither is better: each change draws all roundings anew (docs/quantization.md).
constexpr double kMarginDb = 1.0;
constexpr double kChance = 0.05;

Recipe with(Recipe recipe, const Idea& idea) {
  recipe.name = recipe == Recipe{} ? std::string(idea.name) : recipe.name + "+" + std::string(idea.name);
  idea.add(recipe);
  return recipe;
}

// The samples, and as many weighted means of two neighbours by 0.3 to 0.7. Networks recognize training samples too
// surely to tell recipes apart; between two of them they are in doubt.
Tensor with_mixtures(const Tensor& samples, std::uint64_t seed) {
  if (samples.dtype() != DType::Float32) return samples;
  const std::int64_t count = samples.shape()[0];
  const std::span<const float> own = samples.data<float>();
  const std::size_t row = own.size() / static_cast<std::size_t>(count);
  Tensor result(DType::Float32, samples.shape().with_dim(0, 2 * count));
  const std::span<float> out = result.mutable_data<float>();
  std::ranges::copy(own, out.begin());
  base::Random random(seed);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    const float weight = random.real(0.3F, 0.7F);
    const std::size_t other = (i + 1) % static_cast<std::size_t>(count);
    for (std::size_t j = 0; j < row; ++j) {
      out[own.size() + i * row + j] = weight * own[i * row + j] + (1.0F - weight) * own[other * row + j];
    }
  }
  return result;
}

/// Work under it is given up when time is over, once it may be.
class Deadline final : public Progress {
 public:
  Deadline(Progress& outer, const std::function<bool()>& out_of_time) : outer_(outer), out_of_time_(out_of_time) {}
  void begin(std::string_view what, std::int64_t steps) override { outer_.begin(what, steps); }
  void advance(std::int64_t steps) override { outer_.advance(steps); }
  bool stopped() const override { return outer_.stopped() || passed(); }

  void arm() { armed_ = true; }
  bool passed() const { return armed_ && out_of_time_(); }
  bool stopped_by_user() const { return outer_.stopped(); }

 private:
  Progress& outer_;
  const std::function<bool()>& out_of_time_;
  bool armed_ = false;
};

struct Comparison {
  double p = 1.0;
  bool better = false;
};

Comparison compare(const Fidelity& best, const Fidelity& other) {
  std::int64_t lost = 0;
  std::int64_t gained = 0;
  for (std::size_t i = 0; i < best.agrees.size(); ++i) {
    lost += best.agrees[i] && !other.agrees[i] ? 1 : 0;
    gained += other.agrees[i] && !best.agrees[i] ? 1 : 0;
  }
  const double p = base::sign_test_p(lost, gained);
  if (p < kChance) return {p, gained > lost};
  return {p, other.sqnr_db >= best.sqnr_db + kMarginDb};
}

class Search {
 public:
  Search(RecipeWorkshop& workshop, const AutoOptions& options) : workshop_(workshop), options_(options) {}

  Result<void> begin() {
    const double started = options_.seconds();
    best_ = NETFIT_TRY(workshop_.make({}));
    add({.recipe = {}, .verdict = Verdict::Better}, *best_.fidelity, started);
    return {};
  }

  bool near_enough() const { return best_.fidelity->sqnr_db >= kNearEnoughDb; }

  Result<void> try_out(const Idea& idea) {
    const double started = options_.seconds();
    const Recipe& base = choice_.trials[choice_.chosen].recipe;
    Trial trial{.recipe = with(base, idea)};
    if (NETFIT_TRY(workshop_.same_work(base, trial.recipe))) {
      trial.verdict = Verdict::Same;
      add(std::move(trial), *best_.fidelity, started);
      return {};
    }
    RecipeWorkshop::Made made = NETFIT_TRY(workshop_.make(trial.recipe));
    const Comparison comparison = compare(*best_.fidelity, *made.fidelity);
    trial.p = comparison.p;
    trial.verdict = comparison.better ? Verdict::Better : Verdict::NotBetter;
    add(std::move(trial), *made.fidelity, started);
    if (!comparison.better) return {};
    choice_.chosen = choice_.trials.size() - 1;
    best_ = std::move(made);
    return {};
  }

  AutoChoice take(std::span<const Idea> left_out) && {
    choice_.quantized = std::move(best_.quantized);
    choice_.near_enough = near_enough() && !left_out.empty();
    if (choice_.near_enough) return std::move(choice_);
    for (const Idea& idea : left_out) choice_.left_out.emplace_back(idea.name);
    return std::move(choice_);
  }

 private:
  void add(Trial trial, const Fidelity& fidelity, double started) {
    trial.agreement_percent = fidelity.agreement_percent();
    trial.sqnr_db = fidelity.sqnr_db;
    trial.seconds = options_.seconds() - started;
    choice_.trials.push_back(std::move(trial));
  }

  RecipeWorkshop& workshop_;
  const AutoOptions& options_;
  RecipeWorkshop::Made best_;
  AutoChoice choice_;
};

}  // namespace

Result<AutoChoice> choose_recipe(const QuantizeJob& job, const Samples& samples, const Samples& held_out,
                                 const AutoOptions& options) {
  Deadline deadline(samples.progress, options.out_of_time);
  const Samples timed{samples.inputs, samples.engine, deadline};
  Samples judges{{}, held_out.engine, deadline};
  for (const Tensor& input : held_out.inputs) judges.inputs.push_back(with_mixtures(input, job.seed));
  RecipeWorkshop workshop = NETFIT_TRY(RecipeWorkshop::create(job, timed, &judges));
  Search search(workshop, options);
  NETFIT_TRY(search.begin());
  deadline.arm();
  std::span<const Idea> ideas = ideas_for(job.plan);
  while (!ideas.empty() && !search.near_enough() && !deadline.passed()) {
    const Result<void> tried = search.try_out(ideas.front());
    if (!tried && (tried.error().kind() != ErrorKind::Interrupted || deadline.stopped_by_user())) {
      return fail(tried.error());
    }
    if (!tried) break;  // out of time
    ideas = ideas.subspan(1);
  }
  return std::move(search).take(ideas);
}

}  // namespace netfit::quant
