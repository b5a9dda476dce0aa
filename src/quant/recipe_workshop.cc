// SPDX-License-Identifier: Apache-2.0
#include "quant/recipe_workshop.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "exec/engine.h"
#include "quant/check_samples.h"
#include "quant/recipe_names.h"
#include "quant/techniques/absorb_bias.h"
#include "quant/techniques/adaround.h"
#include "quant/techniques/correct_bias.h"
#include "quant/techniques/equalize.h"
#include "quant/techniques/guard_channels.h"
#include "quant/techniques/nearest.h"

namespace netfit::quant {
namespace {

/// What a preparation did to a graph.
struct Done {
  std::string text;
  bool changed = false;
};

Result<Done> guard(ir::Graph& graph, const Samples& samples) {
  const GuardedChannels guarded = NETFIT_TRY(guard_dead_channels(graph, samples));
  if (guarded.silenced == 0) return Done{"no dead channel"};
  return Done{fmt::format("{} dead channels silenced", guarded.silenced), true};
}

Result<Done> equalize_channels(ir::Graph& graph, const Samples& samples) {
  const Equalization done = NETFIT_TRY(equalize(graph, samples));
  if (done.groups.empty()) return Done{"channels are even already"};
  std::int64_t scaled = 0;
  std::int64_t channels = 0;
  double factor = 1.0;
  for (const EqualizedGroup& group : done.groups) {
    scaled += group.scaled;
    channels += group.channels;
    factor = std::max(factor, group.largest_factor);
  }
  return Done{
      fmt::format("{} groups, {} of {} channels, factors up to {:g}", done.groups.size(), scaled, channels, factor),
      true};
}

Result<Done> absorb(ir::Graph& graph, const Samples& samples) {
  const Absorption done = NETFIT_TRY(absorb_high_bias(graph, samples));
  if (done.channels == 0) return Done{"no high bias"};
  return Done{fmt::format("the offsets of {} channels in {} layers", done.channels, done.layers), true};
}

/// In the order in which a recipe takes them: what is dead must not set scales, and equal channels show their offsets.
struct Preparation {
  const char* technique;
  bool Recipe::*wanted;
  Result<Done> (*apply)(ir::Graph&, const Samples&);
};
constexpr std::array<Preparation, 3> kPreparations{{
    {"guard-dead-channels", &Recipe::guard_dead_channels, &guard},
    {"equalize", &Recipe::equalize, &equalize_channels},
    {"absorb-high-bias", &Recipe::absorb_high_bias, &absorb},
}};

template <typename T>
const T* find_known(const std::list<std::pair<CalibrationOptions, T>>& known, const CalibrationOptions& options) {
  const auto found = std::ranges::find(known, options, [](const auto& pair) { return pair.first; });
  return found == known.end() ? nullptr : &found->second;
}

// Whether any activation becomes integers, so that its range must be known.
bool needs_ranges(const PrecisionPlan& plan) {
  const auto is_integer = [](const Precision& precision) { return precision.activations != Arithmetic::Float32; };
  return is_integer(plan.everywhere) ||
         std::ranges::any_of(plan.exceptions, [&](const auto& exception) { return is_integer(exception.second); });
}

std::optional<double> sqnr_of(const std::optional<Fidelity>& fidelity) {
  return fidelity ? std::optional(fidelity->sqnr_db) : std::nullopt;
}

}  // namespace

RecipeWorkshop::RecipeWorkshop(const QuantizeJob& job, const Samples& samples, const Samples* held_out)
    : job_(job), samples_(samples), held_out_(held_out) {
  static_assert(std::tuple_size_v<Preparations> == kPreparations.size());
  prepared_[{}] = {std::make_shared<Form>(Form{job.graph})};
}

Result<RecipeWorkshop> RecipeWorkshop::create(const QuantizeJob& job, const Samples& samples, const Samples* held_out) {
  NETFIT_TRY(check_samples(job.graph, samples.inputs));
  RecipeWorkshop workshop(job, samples, held_out);
  if (held_out != nullptr) {
    const auto executor = NETFIT_TRY(exec::create_fast(job.graph, held_out->engine));
    workshop.reference_ = NETFIT_TRY(executor->run(held_out->inputs, held_out->progress));
  }
  return workshop;
}

Result<const Ranges*> RecipeWorkshop::ranges_of(Form& form, const CalibrationOptions& options) {
  if (const Ranges* known = find_known(form.ranges, options)) return known;
  Ranges ranges;
  if (needs_ranges(job_.plan)) {
    const auto executor = NETFIT_TRY(exec::create_fast_observable(form.graph, samples_.engine));
    ranges = NETFIT_TRY(calibrate(form.graph, *executor, samples_.inputs, options, samples_.progress));
  }
  return &form.ranges.emplace_back(options, std::move(ranges)).second;
}

Result<Fidelity> RecipeWorkshop::judge(const ir::Graph& graph, const Ranges& ranges, LayerOptions options) {
  options.io = Io::Float32;  // whatever the border takes, the held-out samples are reals
  const ir::Graph quantized = NETFIT_TRY(quantize_layers(graph, ranges, options));
  const auto executor = NETFIT_TRY(exec::create_fast(quantized, held_out_->engine));
  const std::vector<Tensor> outputs = NETFIT_TRY(executor->run(held_out_->inputs, held_out_->progress));
  return compare_outputs(reference_, outputs);
}

Result<std::optional<Fidelity>> RecipeWorkshop::usual(Form& form, const CalibrationOptions& options) {
  if (held_out_ == nullptr) return std::nullopt;
  if (const Fidelity* known = find_known(form.usual, options)) return *known;
  const Ranges* ranges = NETFIT_TRY(ranges_of(form, options));
  Fidelity fidelity = NETFIT_TRY(judge(form.graph, *ranges, {.plan = job_.plan}));
  return form.usual.emplace_back(options, std::move(fidelity)).second;
}

Result<RecipeWorkshop::Prepared> RecipeWorkshop::prepare_further(const Prepared& before, std::size_t preparation,
                                                                 const CalibrationOptions& options) {
  const Preparation& technique = kPreparations[preparation];
  Prepared after = before;
  ir::Graph graph = before.form->graph;
  Done done = NETFIT_TRY(technique.apply(graph, samples_));
  StepEffect effect{.technique = technique.technique, .done = std::move(done.text)};
  if (done.changed) {
    // A range that was trained is of values as they were.
    for (const ir::ValueId id : graph.values()) graph.value(id).range.reset();
    after.form = std::make_shared<Form>(Form{std::move(graph)});
    effect.sqnr_before_db = sqnr_of(NETFIT_TRY(usual(*before.form, options)));
    effect.sqnr_after_db = sqnr_of(NETFIT_TRY(usual(*after.form, options)));
  }
  after.steps.push_back(std::move(effect));
  return after;
}

Result<RecipeWorkshop::Prepared> RecipeWorkshop::prepare(const Recipe& recipe) {
  Preparations wanted{};
  Prepared prepared = prepared_.at(wanted);
  for (std::size_t i = 0; i < kPreparations.size(); ++i) {
    if (!(recipe.*kPreparations[i].wanted)) continue;
    wanted[i] = true;
    const auto known = prepared_.find(wanted);
    prepared = known != prepared_.end() ? known->second : NETFIT_TRY(prepare_further(prepared, i, recipe.ranges));
    prepared_[wanted] = prepared;
  }
  return prepared;
}

Result<std::string> RecipeWorkshop::round(const Form& form, const Recipe& recipe, const Ranges& ranges,
                                          LayerOptions& options) {
  if (recipe.rounding == Rounding::Nearest) {
    const ir::Graph usual = NETFIT_TRY(quantize_layers(form.graph, ranges, options));
    options.roundings = nearest_roundings(form.graph, usual);
    return fmt::format("{} layers", options.roundings.size());
  }
  const AdaRoundReport report = NETFIT_TRY(adaround(form.graph, ranges, samples_, {.seed = job_.seed}, options));
  return fmt::format("{} of {} weights of {} layers the other way", report.turned, report.weights, report.layers);
}

Result<std::string> RecipeWorkshop::correct_bias(const Form& form, const Recipe& recipe, const Ranges& ranges,
                                                 LayerOptions& options) {
  if (recipe.bias_correction == BiasCorrection::Empirical) {
    NETFIT_TRY(correct_bias_empirically(form.graph, ranges, samples_, options));
  } else {
    NETFIT_TRY(correct_bias_analytically(form.graph, ranges, samples_, options));
  }
  const auto shifted = std::ranges::count_if(options.roundings,
                                             [](const auto& rounding) { return !rounding.second.bias_shift.empty(); });
  return fmt::format("{} layers", shifted);
}

Result<RecipeWorkshop::Made> RecipeWorkshop::make(const Recipe& recipe) {
  Prepared prepared = NETFIT_TRY(prepare(recipe));
  Form& form = *prepared.form;
  const Ranges* ranges = NETFIT_TRY(ranges_of(form, recipe.ranges));
  Made made{.quantized = {.steps = std::move(prepared.steps)}, .fidelity = NETFIT_TRY(usual(form, recipe.ranges))};
  if (!ranges->empty()) {
    made.quantized.steps.push_back({"calibrate",
                                    fmt::format("{} over {} samples", in_words(recipe.ranges), samples_.count()),
                                    std::nullopt, sqnr_of(made.fidelity)});
  }

  LayerOptions options{.plan = job_.plan, .io = job_.io};
  const auto take = [&](std::string_view technique, auto&& step) -> Result<void> {
    StepEffect effect{.technique = std::string(technique), .sqnr_before_db = sqnr_of(made.fidelity)};
    effect.done = NETFIT_TRY((this->*step)(form, recipe, *ranges, options));
    if (held_out_ != nullptr) made.fidelity = NETFIT_TRY(judge(form.graph, *ranges, options));
    effect.sqnr_after_db = sqnr_of(made.fidelity);
    made.quantized.steps.push_back(std::move(effect));
    return {};
  };
  if (recipe.rounding != Rounding::Balanced) NETFIT_TRY(take(name(recipe.rounding), &RecipeWorkshop::round));
  if (recipe.bias_correction != BiasCorrection::None) NETFIT_TRY(take("correct-bias", &RecipeWorkshop::correct_bias));
  made.quantized.graph = NETFIT_TRY(quantize_layers(form.graph, *ranges, options));
  made.quantized.prepared = form.graph;
  made.quantized.ranges = *ranges;
  made.quantized.options = std::move(options);
  return made;
}

Result<bool> RecipeWorkshop::same_work(const Recipe& a, const Recipe& b) {
  if (a.ranges != b.ranges || a.rounding != b.rounding || a.bias_correction != b.bias_correction) return false;
  const Prepared of_a = NETFIT_TRY(prepare(a));
  const Prepared of_b = NETFIT_TRY(prepare(b));
  return of_a.form == of_b.form;
}

}  // namespace netfit::quant
