// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <map>
#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/commands/quantize_recipe.h"
#include "cli/commands/quantize_weights.h"
#include "cli/flags/choice.h"
#include "cli/flags/flags.h"
#include "quant/recipe_names.h"
#include "select/parse_limit.h"

namespace netfit::cli {
namespace {

const std::map<std::string, quant::Io> kIo{{"int8", quant::Io::Int8},
                                           {"uint8", quant::Io::UInt8},
                                           {"float32", quant::Io::Float32},
                                           {"int8-pixels", quant::Io::Int8Pixels}};

struct Options {
  std::string scheme = "int8";
  std::string budget = "120s";
  quant::RangeEstimator ranges = quant::RangeEstimator::Mse;
  RecipeJob job{.recipe = "plain"};
};

// Flags that only a recipe takes, beside --recipe itself.
constexpr std::array kRecipeFlags{"--data", "--limit",  "--preprocess", "--samples", "--seed",
                                  "--io",   "--ranges", "--threads",    "--budget",  "--save-recipe"};

std::set<std::string> scheme_names() {
  std::set<std::string> names;
  for (const Scheme& scheme : schemes()) names.emplace(scheme.name);
  return names;
}

std::map<std::string, quant::RangeEstimator> estimators() {
  std::map<std::string, quant::RangeEstimator> names;
  for (const auto& [name, value] : quant::range_estimators()) names.emplace(name, value);
  return names;
}

// Whether samples are looked at: the scheme may need ranges, and a recipe may do more than store weights.
bool by_recipe(const Options& options, const CLI::App& app) {
  return options.job.scheme->calibrated || app.count("--recipe") > 0;
}

Result<void> check_flags(const Options& options, const CLI::App& app) {
  const RecipeJob& job = options.job;
  if (!by_recipe(options, app)) {
    for (const char* flag : kRecipeFlags) {
      if (app.count(flag) == 0) continue;
      return bad_usage(fmt::format("{} does not apply to --scheme {}, which is not calibrated", flag, options.scheme));
    }
    return {};
  }
  if (!quant::find_precision(options.scheme)) {
    return bad_usage(
        fmt::format("--recipe does not apply to --scheme {}, which leaves nothing to choose", options.scheme));
  }
  if (job.data.source.empty()) {
    return bad_usage(fmt::format("--data is required: {} is calibrated on training samples", options.scheme));
  }
  const bool is_auto = job.recipe == "auto";
  if (!is_auto && app.count("--budget") > 0) return bad_usage("--budget applies to --recipe auto only");
  if (is_auto && app.count("--ranges") > 0)
    return bad_usage("--ranges does not apply to --recipe auto, which chooses them");
  if (!job.save_recipe.empty() && !job.save_recipe.ends_with(".toml")) {
    return bad_usage(fmt::format("--save-recipe '{}' does not end in .toml", base::printable(job.save_recipe)));
  }
  return {};
}

Result<void> run_quantize(Options options, const CLI::App& app, const Environment& environment) {
  RecipeJob& job = options.job;
  job.scheme = NETFIT_TRY(find_scheme(options.scheme));
  NETFIT_TRY(check_flags(options, app));
  if (!by_recipe(options, app)) return quantize_weights({job.model, job.output, options.scheme, job.json}, environment);
  if (app.count("--ranges") > 0) job.ranges = options.ranges;
  const select::Limit budget = NETFIT_TRY(select::parse_limit(select::Limited::Latency, options.budget, "--budget"));
  job.budget_seconds = budget.allowed / 1e3;
  job.threads = thread_count(job.threads);
  return quantize_with_recipe(job, environment);
}

void add_recipe_flags(CLI::App& app, Options& options) {
  RecipeJob& job = options.job;
  app.add_option("--recipe", job.recipe,
                 "what is done to the model on its way: plain, equalized, bias-corrected,\n"
                 "adaround, thorough, another of the folder recipes, a .toml file, or auto, which\n"
                 "tries them on training samples held out from calibration")
      ->type_name("NAME|FILE|auto")
      ->capture_default_str();
  app.add_option("--budget", options.budget, "wall time after which --recipe auto takes the best so far")
      ->type_name("TIME")
      ->capture_default_str();
  app.add_option("--save-recipe", job.save_recipe, "write the recipe that was used, to be edited and used again")
      ->type_name("FILE");
  app.add_option("--samples", job.samples, "how many training samples calibrate the ranges")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 32))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--seed", job.seed, "which samples are chosen")->type_name("N")->capture_default_str();
  app.add_option("--io", job.io,
                 "what the model takes and gives: int8, uint8, float32, or int8-pixels (the\n"
                 "input is pixel - 128; mean and std are folded into the first convolution)")
      ->transform(one_of(kIo))
      ->type_name("TYPE")
      ->default_str("int8");
  app.add_option("--ranges", options.ranges,
                 "how activation ranges are estimated, whatever the recipe says: min-max,\n"
                 "moving-average, percentile, mse, entropy")
      ->transform(one_of(estimators()))
      ->type_name("NAME")
      ->default_str("mse");
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  RecipeJob& job = options->job;
  app.add_option("model", job.model, "a float .onnx or .tflite file")->required()->type_name("MODEL");
  app.add_option("-o,--output", job.output, "the file to write, .tflite or .onnx")->required()->type_name("OUT");
  app.add_option("--scheme", options->scheme,
                 "int8: weights per channel, activations per tensor, integers throughout;\n"
                 "int8-per-tensor: one scale for a layer's weights, too;\n"
                 "int4: the same as int8 with weights of 4 bits;\n"
                 "int16x8: activations of 16 bits, weights of 8;\n"
                 "dynamic: int8 weights under float data, quantized anew for each sample;\n"
                 "weight-only, weight-only-int4: weights of 8 or 4 bits, widened before use;\n"
                 "float16: weights in half precision; float32: as they are")
      ->check(CLI::IsMember(scheme_names()))
      ->type_name("SCHEME")
      ->capture_default_str();
  add_data_flags(app, job.data);
  app.get_option("--data")->required(false);
  add_recipe_flags(app, *options);
  add_threads_flag(app, job.threads);
  add_json_flag(app, job.json);
  return [options, &app](const Environment& environment) { return run_quantize(*options, app, environment); };
}

}  // namespace

constinit const Command kQuantize{"quantize", "makes an integer model, calibrated on training images", &set_up};

}  // namespace netfit::cli
