// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/commands/prune_job.h"
#include "cli/flags/choice.h"
#include "cli/flags/training_recipe.h"

namespace netfit::cli {
namespace {

using train::PruningCriterion;

const std::map<std::string, PruningCriterion> kCriteria{{"batch-norm", PruningCriterion::BatchNorm},
                                                        {"magnitude", PruningCriterion::Magnitude},
                                                        {"taylor", PruningCriterion::Taylor}};
const std::map<std::string, DType> kTypes{
    {"float16", DType::Float16}, {"float32", DType::Float32}, {"int8", DType::Int8}};

struct Options {
  PruneJob job;
  bool structured = false;
  std::string target;
  std::string recipe;
  std::optional<PruningCriterion> criterion;
  std::optional<std::int64_t> seed;
};

Result<void> run_prune(Options options, const Environment& environment) {
  PruneJob& job = options.job;
  if (!options.structured) return bad_usage("--structured is required: what is pruned");
  if (options.target.empty()) return bad_usage("--structured needs a --target: how small the network becomes");
  job.target = NETFIT_TRY(parse_pruning_target(options.target));
  const bool has_data = !job.training.data.source.empty();
  job.tunes = !options.recipe.empty();
  if (job.tunes && !has_data) return bad_usage("--recipe needs --data to train on");
  if (job.tunes) job.training.recipe = NETFIT_TRY(load_training_recipe(options.recipe));
  if (options.seed) job.training.recipe.seed = *options.seed;
  job.criterion = options.criterion.value_or(has_data ? PruningCriterion::Taylor : PruningCriterion::Magnitude);
  if (job.criterion == PruningCriterion::Taylor && !has_data)
    return bad_usage("--criterion taylor needs --data to take gradients on (allowed without: batch-norm, magnitude)");
  return run_pruning(job, environment);
}

void add_structured_flags(CLI::App& app, Options& options) {
  PruneJob& job = options.job;
  app.add_flag("--structured", options.structured,
               "remove whole channels with all that makes and reads them: the network becomes\n"
               "physically smaller");
  app.add_option("--target", options.target,
                 "how small it becomes, in absolute numbers or as a part of what it is: macs=50%,\n"
                 "params=300k, bytes=400KiB (of weights), latency@DEVICE=12ms (estimated)")
      ->type_name("TARGET");
  app.add_option("--criterion", options.criterion,
                 "which channels go first: taylor (what the loss would change by, for what is\n"
                 "saved; default with --data), batch-norm (least scale), magnitude (of weights)")
      ->transform(one_of(kCriteria))
      ->type_name("NAME");
  app.add_option("--multiple", job.multiple, "channels that lose any keep a multiple of this")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1024}))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--steps", job.steps, "prune and train on in as many steps, each by the same factor")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100}))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--as", job.type, "type of the weights where bytes and latency count them: int8, float16, float32")
      ->transform(one_of(kTypes))
      ->type_name("TYPE")
      ->default_str("int8");
  app.add_option("--runtime", job.runtime, "of latency@DEVICE, by name or .toml file (default: the device's)")
      ->type_name("RUNTIME");
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  TrainJob& training = options->job.training;
  app.add_option("model", training.model, "a float model: .onnx, .tflite, or the .safetensors of a run")
      ->required()
      ->type_name("MODEL");
  add_structured_flags(app, *options);
  add_data_flags(app, training.data);
  app.get_option("--data")->required(false);
  app.add_option("--recipe", options->recipe,
                 "train on after each step, by a .toml file as in recipes/training; without,\n"
                 "the network is pruned only")
      ->type_name("FILE");
  app.add_option("--seed", options->seed, "instead of the recipe's")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 50))
      ->type_name("N");
  app.add_option("--out", training.folder, "folder for the steps and the pruned network")->required()->type_name("DIR");
  app.add_option("--device", training.device, "cpu, cuda or cuda:N")->type_name("DEVICE")->capture_default_str();
  app.add_flag("--resume", training.resume, "go on with what the folder holds");
  add_threads_flag(app, training.threads);
  add_json_flag(app, training.json);
  return [options](const Environment& environment) { return run_prune(*options, environment); };
}

}  // namespace

constinit const Command kPrune{"prune", "make a network smaller by what matters least", &set_up};

}  // namespace netfit::cli
