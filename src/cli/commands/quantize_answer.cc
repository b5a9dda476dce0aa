// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/answers/departures.h"
#include "cli/answers/figures.h"
#include "cli/answers/making.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/commands/quantize_recipe.h"
#include "quant/recipe_names.h"

namespace netfit::cli {
namespace {

using nlohmann::ordered_json;

std::string_view name(quant::Verdict verdict) {
  switch (verdict) {
    case quant::Verdict::Better:
      return "better";
    case quant::Verdict::NotBetter:
      return "not better";
    case quant::Verdict::Same:
      return "same";
  }
  return "";
}

// Equal outputs have no noise to speak of, and JSON no infinity.
ordered_json decibels(const std::optional<double>& db) {
  return db && std::isfinite(*db) ? ordered_json(*db) : ordered_json(nullptr);
}

std::string decibels_text(const std::optional<double>& db) {
  if (!db) return "";
  return std::isfinite(*db) ? fmt::format("{:.1f} dB", *db) : "exact";
}

ordered_json recipe_json(const RecipeFile& file) {
  const quant::Recipe& recipe = file.recipe;
  ordered_json layers = ordered_json::object();
  for (const LayerPrecision& layer : file.layers) layers[layer.layer] = quant::name(layer.precision);
  return {{"name", recipe.name},
          {"guard_dead_channels", recipe.guard_dead_channels},
          {"equalize", recipe.equalize},
          {"absorb_high_bias", recipe.absorb_high_bias},
          {"ranges", quant::name(recipe.ranges.estimator)},
          {"percentile", recipe.ranges.percentile},
          {"moving_average", recipe.ranges.moving_average},
          {"rounding", quant::name(recipe.rounding)},
          {"bias_correction", quant::name(recipe.bias_correction)},
          {"layers", layers}};
}

ordered_json steps_json(const std::vector<quant::StepEffect>& steps) {
  ordered_json json = ordered_json::array();
  for (const quant::StepEffect& step : steps) {
    json.push_back({{"technique", step.technique},
                    {"done", step.done},
                    {"sqnr_before_db", decibels(step.sqnr_before_db)},
                    {"sqnr_after_db", decibels(step.sqnr_after_db)}});
  }
  return json;
}

ordered_json trials_json(const quant::AutoChoice& choice) {
  ordered_json json = ordered_json::array();
  for (const quant::Trial& trial : choice.trials) {
    json.push_back({{"recipe", trial.recipe.name},
                    {"verdict", name(trial.verdict)},
                    {"agreement_percent", trial.agreement_percent},
                    {"p", trial.p},
                    {"sqnr_db", decibels(trial.sqnr_db)},
                    {"seconds", trial.seconds}});
  }
  return json;
}

// Where the file is not what the scheme's name says; nothing where it is.
std::string departures_text(const RecipeOutcome& outcome, std::string_view scheme) {
  const std::string text = departures_text(outcome.departures);
  const bool all = !outcome.arithmetic ||
                   outcome.arithmetic->count(formats::Computes::Integer) == std::ssize(outcome.arithmetic->labels);
  return all ? text : text + arithmetic_summary(*outcome.arithmetic, making_record(scheme));
}

void print_object(const RecipeJob& job, const Model& model, const RecipeOutcome& outcome,
                  const Environment& environment) {
  ordered_json json{{"output", job.output},
                    {"bytes", outcome.bytes},
                    {"scheme", job.scheme->name},
                    {"samples", outcome.samples},
                    {"seed", job.seed},
                    {"data", outcome.data},
                    {"from_bytes", model.bytes.size()},
                    {"recipe", recipe_json(outcome.recipe)},
                    {"held_out", outcome.held_out},
                    {"steps", steps_json(outcome.quantized.steps)}};
  if (outcome.choice) {
    json["trials"] = trials_json(*outcome.choice);
    json["left_out"] = outcome.choice->left_out;
    json["near_enough"] = outcome.choice->near_enough;
    json["budget_seconds"] = job.budget_seconds;
  }
  json["departures"] = departures_json(outcome.departures);
  json["arithmetic"] = nullptr;
  if (outcome.arithmetic) {
    json["arithmetic"] = arithmetic_json(*outcome.arithmetic);
    json["arithmetic"].erase("nodes");
  }
  if (outcome.pixels_agreement) json["pixels_agreement"] = *outcome.pixels_agreement;
  print_json(json, environment);
}

std::string trials_text(const RecipeJob& job, const RecipeOutcome& outcome) {
  const quant::AutoChoice& choice = *outcome.choice;
  Table table({{"tried"},
               {"agreement", Align::Right},
               {"p", Align::Right},
               {"SQNR", Align::Right},
               {"time", Align::Right},
               {"verdict"}});
  for (std::size_t i = 0; i < choice.trials.size(); ++i) {
    const quant::Trial& trial = choice.trials[i];
    const bool first = i == 0;
    table.add({trial.recipe.name, fmt::format("{:.2f} %", trial.agreement_percent),
               first ? "" : fmt::format("{:.2g}", trial.p), decibels_text(trial.sqnr_db),
               fmt::format("{:.1f} s", trial.seconds), first ? "" : std::string(name(trial.verdict))});
  }
  std::string text = table.text();
  text += wrapped(fmt::format("agreement and SQNR with the float model, on {} held-out training samples and as many "
                              "mixtures of two; p: chance alone, McNemar",
                              grouped(outcome.held_out)),
                  2) +
          "\n";
  if (choice.near_enough) text += "near enough to the float model; costlier recipes were not tried\n";
  if (!choice.left_out.empty()) {
    text += wrapped(fmt::format("left out for want of time (--budget {:g}s): {}", job.budget_seconds,
                                fmt::join(choice.left_out, ", ")),
                    2) +
            "\n";
  }
  return text;
}

std::string steps_text(const RecipeOutcome& outcome) {
  Table table({{"step"}, {"what it did"}, {"SQNR before", Align::Right}, {"after", Align::Right}});
  for (const quant::StepEffect& step : outcome.quantized.steps) {
    table.add({step.technique, step.done, decibels_text(step.sqnr_before_db), decibels_text(step.sqnr_after_db)});
  }
  return table.text();
}

}  // namespace

void print_outcome(const RecipeJob& job, const Model& model, const RecipeOutcome& outcome,
                   const Environment& environment) {
  if (job.json) return print_object(job, model, outcome, environment);
  std::FILE* out = environment.out;
  fmt::print(out, "{}: {} bytes, {}\n{:.2f} times smaller than {}\ncalibrated on {} samples of {}\n", job.output,
             grouped(outcome.bytes), job.scheme->name,
             static_cast<double>(model.bytes.size()) / static_cast<double>(outcome.bytes), model.path, outcome.samples,
             outcome.data);
  fmt::print(out, "{}", departures_text(outcome, job.scheme->name));
  if (outcome.choice) fmt::print(out, "\n{}", trials_text(job, outcome));
  if (outcome.held_out > 0) fmt::print(out, "\nrecipe: {}\n{}", outcome.recipe.recipe.name, steps_text(outcome));
  if (outcome.pixels_agreement) {
    fmt::print(out, "raw pixels at the input: same top-1 as the ordinary int8 model on {:.2f} % of the samples\n",
               *outcome.pixels_agreement);
  }
}

}  // namespace netfit::cli
