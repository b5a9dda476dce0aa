// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/commands/train_job.h"
#include "cli/flags/choice.h"
#include "cli/flags/distillation.h"
#include "cli/flags/training_recipe.h"

namespace netfit::cli {
namespace {

const std::map<std::string, train::QatScheme> kQatSchemes{{"int8", train::QatScheme::Int8},
                                                          {"int8-per-tensor", train::QatScheme::Int8PerTensor},
                                                          {"int4", train::QatScheme::Int4}};

struct Options {
  TrainJob job;
  std::string recipe;
  std::optional<train::QatScheme> qat;
  std::vector<std::string> distill;
  std::optional<std::int64_t> epochs;
  std::optional<std::int64_t> seed;
};

Result<void> run_train(Options options, const Environment& environment) {
  TrainJob& job = options.job;
  if (job.architecture.empty() == job.model.empty())
    return bad_usage("one of --arch and --model is required: what is trained");
  if (!options.recipe.empty()) job.recipe = NETFIT_TRY(load_training_recipe(options.recipe));
  if (options.qat) job.recipe.qat.scheme = *options.qat;
  if (!options.distill.empty()) {
    if (job.teacher.empty()) return bad_usage("--distill needs a --teacher");
    job.recipe.distillation = NETFIT_TRY(parse_distillation(options.distill, job.recipe.distillation));
  }
  if (options.epochs) job.recipe.schedule.epochs = *options.epochs;
  if (options.seed) job.recipe.seed = *options.seed;
  return run_training(job, environment);
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  TrainJob& job = options->job;
  app.add_option("--arch", job.architecture, "a network by name, as in mobilenet_v2_cifar:alpha=0.5")
      ->type_name("SPEC");
  app.add_option("--model", job.model,
                 "a float model whose training goes on: .onnx, .tflite, or the .safetensors\n"
                 "of a run")
      ->type_name("MODEL");
  app.add_option("--recipe", options->recipe, "a .toml file, as in recipes/training (default: docs/training.md)")
      ->type_name("FILE");
  app.add_option("--qat", options->qat,
                 "train for the integers of a scheme of quantize: int8, int8-per-tensor, int4\n"
                 "(weights); the network that comes out goes through quantize unchanged")
      ->transform(one_of(kQatSchemes))
      ->type_name("SCHEME");
  app.add_option("--epochs", options->epochs, "instead of the recipe's")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}))
      ->type_name("N");
  app.add_option("--seed", options->seed, "instead of the recipe's")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 50))
      ->type_name("N");
  add_data_flags(app, job.data);
  app.add_option("--out", job.folder, "folder for checkpoint, metrics and the trained network")
      ->required()
      ->type_name("DIR");
  app.add_option("--teacher", job.teacher, "a trained model to learn from, with --qat as well")->type_name("MODEL");
  app.add_option("--distill", options->distill,
                 "what of the teacher is in the loss: logits:T=4,weight=0.9, features:weight=1000\n"
                 "(where it looks), or both (default: as the recipe says, which is logits)")
      ->type_name("PARTS");
  app.add_option("--device", job.device, "cpu, cuda or cuda:N")->type_name("DEVICE")->capture_default_str();
  app.add_flag("--resume", job.resume, "go on from the folder's checkpoint, if it has one");
  app.add_option("--checkpoint-every", job.checkpoint_minutes, "minutes between checkpoints; Ctrl-C writes one too")
      ->check(CLI::Range(0.01, 1e4))
      ->type_name("MINUTES")
      ->capture_default_str();
  const std::map<std::string, double> seconds{{"s", 1}, {"m", 60}, {"min", 60}, {"h", 3600}};
  app.add_option("--budget", job.budget_seconds, "wall time (as in 9m) after which a checkpoint is left to be resumed")
      ->transform(CLI::AsNumberWithUnit(seconds))
      ->type_name("TIME");
  add_threads_flag(app, job.threads);
  add_json_flag(app, job.json);
  return [options](const Environment& environment) { return run_train(*options, environment); };
}

}  // namespace

constinit const Command kTrain{"train", "train a network, or go on training one", &set_up};

}  // namespace netfit::cli
