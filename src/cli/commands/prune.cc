// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <span>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/commands/prune_job.h"
#include "cli/commands/sparse_job.h"
#include "cli/flags/choice.h"
#include "cli/flags/training_recipe.h"

namespace netfit::cli {
namespace {

using train::PruningCriterion;

const std::map<std::string, PruningCriterion> kCriteria{{"batch-norm", PruningCriterion::BatchNorm},
                                                        {"magnitude", PruningCriterion::Magnitude},
                                                        {"random", PruningCriterion::Random},
                                                        {"taylor", PruningCriterion::Taylor}};
const std::map<std::string, DType> kTypes{
    {"float16", DType::Float16}, {"float32", DType::Float32}, {"int8", DType::Int8}};

struct Options {
  PruneJob job;
  SparseJob sparse;
  bool structured = false;
  std::string target;
  std::string recipe;
  std::string rewind;
  std::string sparsity;
  std::optional<PruningCriterion> criterion;
  std::optional<std::int64_t> seed;
};

// Flags that only one of the two kinds takes.
constexpr std::array kOfChannels{"--target", "--criterion", "--multiple", "--as", "--runtime"};
constexpr std::array kOfWeights{"--arch", "--rewind", "--chart"};

Result<void> check_flags(const Options& options, const CLI::App& app) {
  const bool sparse = !options.sparsity.empty();
  if (sparse == options.structured)
    return bad_usage("one of --structured and --sparsity is required: whole channels or single weights");
  const std::span<const char* const> foreign = sparse ? std::span<const char* const>(kOfChannels) : kOfWeights;
  for (const char* flag : foreign) {
    if (app.count(flag) > 0)
      return bad_usage(fmt::format("{} does not apply to --{}", flag, sparse ? "sparsity" : "structured"));
  }
  const TrainJob& training = options.job.training;
  if (training.model.empty() == training.architecture.empty())
    return bad_usage(sparse ? "one of MODEL and --arch is required: what is pruned" : "MODEL is required");
  if (!options.recipe.empty() && training.data.source.empty()) return bad_usage("--recipe needs --data to train on");
  return {};
}

Result<void> run_structured(Options& options, const Environment& environment) {
  PruneJob& job = options.job;
  if (options.target.empty()) return bad_usage("--structured needs a --target: how small the network becomes");
  job.target = NETFIT_TRY(parse_pruning_target(options.target));
  const bool has_data = !job.training.data.source.empty();
  job.tunes = !options.recipe.empty();
  job.criterion = options.criterion.value_or(has_data ? PruningCriterion::Taylor : PruningCriterion::Magnitude);
  if (job.criterion == PruningCriterion::Taylor && !has_data)
    return bad_usage(
        "--criterion taylor needs --data to take gradients on (allowed without: batch-norm, magnitude, random)");
  return run_pruning(job, environment);
}

// "0.95" with steps is as many rounds, each of which leaves the same part of what was left.
Result<std::vector<double>> parse_sparsities(const std::string& text, std::int64_t steps) {
  std::vector<double> sparsities;
  for (const std::string& word : base::split(text, ',')) {
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    const bool rises = value > (sparsities.empty() ? 0 : sparsities.back()) && value < 1;
    if (error != std::errc() || end != word.data() + word.size() || !rises) {
      return bad_usage(fmt::format("--sparsity: '{}' is no rising list of parts between 0 and 1 (as in 0.8,0.95)",
                                   base::printable(text, 60)));
    }
    sparsities.push_back(value);
  }
  if (steps == 1) return sparsities;
  if (sparsities.size() > 1) return bad_usage("--steps applies to one --sparsity; a list is a round each");
  const double left = 1 - sparsities.front();
  sparsities.clear();
  for (std::int64_t step = 1; step <= steps; ++step)
    sparsities.push_back(1 - std::pow(left, static_cast<double>(step) / static_cast<double>(steps)));
  return sparsities;
}

Result<void> parse_rewinding(const std::string& text, SparseJob& job) {
  constexpr std::string_view kEpoch = "epoch=";
  for (const std::string& word : base::split(text, ',')) {
    const Rewinding way = word == "none" ? Rewinding::Kept : Rewinding::Rewound;
    bool sound = std::ranges::find(job.ways, way) == job.ways.end();
    if (way == Rewinding::Rewound) {
      const char* end = word.data() + word.size();
      sound = sound && word.starts_with(kEpoch) && word.size() < 12 &&
              std::from_chars(word.data() + kEpoch.size(), end, job.rewind_epoch).ptr == end && job.rewind_epoch > 0;
    }
    if (!sound) {
      return bad_usage(fmt::format("--rewind: '{}' says not where to (allowed: epoch=2, none, or both as epoch=2,none)",
                                   base::printable(text, 40)));
    }
    job.ways.push_back(way);
  }
  return {};
}

Result<void> run_sparse(Options& options, const Environment& environment) {
  SparseJob& job = options.sparse;
  job.training = options.job.training;
  if (job.training.data.source.empty()) return bad_usage("--sparsity needs --data to train on");
  job.sparsities = NETFIT_TRY(parse_sparsities(options.sparsity, options.job.steps));
  NETFIT_TRY(parse_rewinding(options.rewind.empty() ? "none" : options.rewind, job));
  if (!job.chart.empty() && !job.chart.ends_with(".svg"))
    return bad_usage(fmt::format("--chart '{}' does not end in .svg", base::printable(job.chart)));
  return run_sparse_pruning(job, environment);
}

Result<void> run_prune(Options options, const CLI::App& app, const Environment& environment) {
  NETFIT_TRY(check_flags(options, app));
  TrainJob& training = options.job.training;
  if (!options.recipe.empty()) training.recipe = NETFIT_TRY(load_training_recipe(options.recipe));
  if (options.seed) training.recipe.seed = *options.seed;
  return options.structured ? run_structured(options, environment) : run_sparse(options, environment);
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
                 "saved; default with --data), batch-norm (least scale), magnitude (of weights),\n"
                 "random (to compare with)")
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

void add_sparse_flags(CLI::App& app, Options& options) {
  app.add_option("--sparsity", options.sparsity,
                 "train, set the smallest weights to zero and train the others again, in rounds:\n"
                 "the parts that are zero after each, as in 0.8,0.9,0.95; or the last, with --steps")
      ->type_name("PARTS");
  app.add_option("--rewind", options.rewind,
                 "what the others begin a round with: epoch=N (the weights of that epoch of the\n"
                 "first training, where the schedule goes on), none (those they have; the whole\n"
                 "recipe follows; default), or both ways as epoch=N,none")
      ->type_name("EPOCH");
  app.add_option("--arch", options.job.training.architecture, "with --sparsity: a network by name instead of MODEL")
      ->type_name("SPEC");
  app.add_option("--chart", options.sparse.chart, "with --sparsity: accuracy over sparsity as an .svg")
      ->type_name("FILE");
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  TrainJob& training = options->job.training;
  app.add_option("model", training.model, "a float model: .onnx, .tflite, or the .safetensors of a run")
      ->type_name("MODEL");
  add_structured_flags(app, *options);
  add_sparse_flags(app, *options);
  add_data_flags(app, training.data);
  app.get_option("--data")->required(false);
  app.add_option("--recipe", options->recipe,
                 "train on after each step by a .toml file, as in recipes/training; without,\n"
                 "--structured prunes only and --sparsity trains as docs/training.md says")
      ->type_name("FILE");
  app.add_option("--seed", options->seed, "instead of the recipe's")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{1} << 50))
      ->type_name("N");
  app.add_option("--out", training.folder, "folder for the steps and the pruned network")->required()->type_name("DIR");
  app.add_option("--device", training.device, "cpu, cuda or cuda:N")->type_name("DEVICE")->capture_default_str();
  app.add_flag("--resume", training.resume, "go on with what the folder holds");
  add_threads_flag(app, training.threads);
  add_json_flag(app, training.json);
  return [options, &app](const Environment& environment) { return run_prune(*options, app, environment); };
}

}  // namespace

constinit const Command kPrune{"prune", "make a network smaller by what matters least", &set_up};

}  // namespace netfit::cli
