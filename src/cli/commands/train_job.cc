// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/train_job.h"

#include <chrono>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arch/arch.h"
#include "base/files.h"
#include "base/text.h"
#include "cli/answers/print_json.h"
#include "cli/answers/training_curves.h"
#include "cli/commands/pruning_folder.h"
#include "cli/flags/training_recipe.h"
#include "cli/integer_file.h"
#include "cli/model.h"
#include "cli/trained_model.h"
#include "cli/version.h"
#include "data/preprocess.h"
#include "ir/hash.h"
#include "train/trainer.h"

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

/// Stops when the user does, or when the time is up.
class LimitedProgress : public Progress {
 public:
  LimitedProgress(Progress& inner, std::optional<double> seconds) : inner_(inner), seconds_(seconds) {}

  void begin(std::string_view what, std::int64_t steps) override { inner_.begin(what, steps); }
  void advance(std::int64_t steps) override { inner_.advance(steps); }
  bool stopped() const override { return inner_.stopped() || time_is_up(); }

  bool time_is_up() const {
    return seconds_ && std::chrono::duration<double>(Clock::now() - begin_).count() > *seconds_;
  }

 private:
  Progress& inner_;
  std::optional<double> seconds_;
  Clock::time_point begin_ = Clock::now();
};

/// What the run writes, and where.
struct Folder {
  fs::path root;

  fs::path recipe() const { return root / "recipe.toml"; }
  fs::path metrics() const { return root / "metrics.jsonl"; }
  fs::path checkpoint() const { return root / "checkpoint.safetensors"; }
  fs::path result() const { return root / "result.json"; }
};

Result<ir::Graph> load_network(const TrainJob& job, const Environment& environment) {
  if (!job.architecture.empty()) return arch::build(job.architecture, {.batch_norm = arch::BatchNorm::Kept});
  Model model = NETFIT_TRY(load_model(job.model, environment));
  return std::move(model.graph);
}

Result<Folder> prepare_folder(const TrainJob& job) {
  const Folder folder{job.folder};
  NETFIT_TRY(make_folder(folder.root));
  std::error_code ignored;
  if (!job.resume && fs::exists(folder.checkpoint(), ignored)) {
    return fail(Error(ErrorKind::BadUsage, "holds a training already (allowed: another folder, or --resume)")
                    .at(base::printable(job.folder)));
  }
  const std::string text = training_recipe_text(job.recipe);
  if (!fs::exists(folder.recipe(), ignored)) NETFIT_TRY(base::write_file(folder.recipe(), text));
  return folder;
}

Json epoch_json(const train::EpochResult& epoch) {
  Json json{{"epoch", epoch.epoch},     {"learning_rate", epoch.learning_rate},
            {"loss", epoch.loss},       {"train_top1", epoch.train_top1},
            {"seconds", epoch.seconds}, {"images_per_second", epoch.images_per_second}};
  if (epoch.validation_top1) json["validation_top1"] = *epoch.validation_top1;
  return json;
}

// The lines of epochs that the checkpoint has not seen are written again by the resumed training.
Result<std::string> earlier_metrics(const Folder& folder, std::int64_t before_epoch) {
  std::error_code ignored;
  if (!fs::exists(folder.metrics(), ignored)) return std::string();
  const std::string text = NETFIT_TRY(base::read_text(folder.metrics()));
  std::string kept;
  for (const std::string& line : base::split(text, '\n')) {
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_object() && json.value("epoch", before_epoch) < before_epoch) kept += line + "\n";
  }
  return kept;
}

void print_epoch(const train::EpochResult& epoch, std::int64_t epochs, const Environment& environment) {
  const std::string validation =
      epoch.validation_top1 ? fmt::format(", validation {:.2f} %", *epoch.validation_top1) : "";
  fmt::print(environment.err, "epoch {} of {}: loss {:.4f}, training {:.2f} %{}, {:.0f} images/s\n", epoch.epoch,
             epochs, epoch.loss, epoch.train_top1, validation, epoch.images_per_second);
  std::fflush(environment.err);
}

Json answer_json(const TrainJob& job, const Trained& answer) {
  Json json{{"finished", true},
            {"epoch", answer.result.epoch},
            {"test_top1", answer.test_top1 ? Json(*answer.test_top1) : Json()},
            {"device", answer.result.device},
            {"architecture", job.architecture},
            {"model", job.model},
            {"teacher", job.teacher},
            {"netfit", kVersion}};
  if (job.recipe.qat.scheme != train::QatScheme::None) {
    json["scheme"] = name(job.recipe.qat.scheme);
    json["integer_top1"] = answer.integer_top1 ? Json(*answer.integer_top1) : Json();
  }
  return json;
}

Result<Trained> finish(const TrainJob& job, const train::TrainingRequest& request, train::TrainingResult result,
                       const Folder& folder, const Environment& environment) {
  result.graph.inputs.front().preprocessing = request.preprocessing;
  result.graph.class_names = request.train->class_names;
  NETFIT_TRY(write_network(result.graph, folder.root));
  Trained answer{.result = std::move(result)};
  answer.test_top1 = NETFIT_TRY(find_test_top1(job, answer.result.graph, request.preprocessing, environment));
  if (job.recipe.qat.scheme != train::QatScheme::None) {
    answer.integer_top1 = NETFIT_TRY(judge_integer_file({.model = folder.root / "network.safetensors",
                                                         .file = folder.root / "network.tflite",
                                                         .scheme = name(job.recipe.qat.scheme),
                                                         .data = job.data,
                                                         .threads = thread_count(job.threads)},
                                                        environment));
  }
  NETFIT_TRY(write_training_charts(folder.root));
  NETFIT_TRY(base::write_file(folder.result(), answer_json(job, answer).dump(2) + "\n"));
  return answer;
}

void print_answer(const TrainJob& job, const Trained& answer, const Environment& environment) {
  if (job.json) {
    Json json{{"folder", job.folder}};
    json.update(answer_json(job, answer));
    return print_json(json, environment);
  }
  std::string test = answer.test_top1 ? fmt::format("test top-1 {:.2f} % (float32)", *answer.test_top1)
                                      : std::string("no test images");
  if (answer.integer_top1) {
    test += fmt::format(", {:.2f} % ({}, network.tflite)", *answer.integer_top1, name(job.recipe.qat.scheme));
  }
  fmt::print(environment.out, "{}: weights of epoch {} of {}, {}, trained on {}\n", job.folder, answer.result.epoch,
             job.recipe.schedule.epochs, test, answer.result.device);
}

void print_unfinished(const TrainJob& job, const Environment& environment) {
  if (job.json) return print_json({{"folder", job.folder}, {"finished", false}}, environment);
  fmt::print(environment.out, "{}: the time is up; the same command with --resume goes on\n", job.folder);
}

}  // namespace

// An architecture has no record of its own; CIFAR-10's is known.
Result<ir::Preprocessing> find_preprocessing(const TrainJob& job, const data::Dataset& dataset, const ir::Graph& graph,
                                             const Environment& environment) {
  DataFlags flags = job.data;
  const bool known = !job.architecture.empty() && flags.preprocess.empty() && dataset.class_names.size() == 10 &&
                     dataset.class_names.front() == "airplane";
  if (known) flags.preprocess = "cifar10";
  const auto chosen = NETFIT_TRY(choose_preprocessing(flags, dataset, graph, environment));
  if (!chosen) return bad_input(fmt::format("'{}' holds tensors; training takes images", flags.source));
  return *chosen;
}

Result<std::optional<double>> find_test_top1(const TrainJob& job, const ir::Graph& graph,
                                             const ir::Preprocessing& preprocessing, const Environment& environment) {
  DataFlags all = job.data;
  all.limit.reset();
  const Result<data::Dataset> test = open_data(all, data::Split::Test, graph, environment);
  if (!test) return std::nullopt;  // a folder of images may have no test split
  return NETFIT_TRY(train::evaluate_top1(graph, *test, preprocessing, job.device));
}

Result<void> write_network(const ir::Graph& graph, const fs::path& folder) {
  NETFIT_TRY(save_trained(graph, folder / "network.safetensors"));
  return export_trained(graph, folder);
}

Result<std::optional<Trained>> train_in_folder(const TrainJob& job, const Environment& environment) {
  train::TrainingRequest request{.recipe = job.recipe,
                                 .device = job.device,
                                 .threads = thread_count(job.threads),
                                 .resume = job.resume,
                                 .checkpoint_minutes = job.checkpoint_minutes,
                                 .first_epoch = job.first_epoch,
                                 .snapshot = {.epoch = job.snapshot_epoch}};
  request.graph = NETFIT_TRY(load_network(job, environment));
  if (!job.teacher.empty()) request.teacher = NETFIT_TRY(load_model(job.teacher, environment)).graph;
  const data::Dataset dataset = NETFIT_TRY(open_data(job.data, data::Split::Train, request.graph, environment));
  request.train = &dataset;
  request.preprocessing = NETFIT_TRY(find_preprocessing(job, dataset, request.graph, environment));
  request.name = fmt::format("{} {} {} {} {}", ir::canonical_hash(request.graph), dataset.name, dataset.count(),
                             training_recipe_text(job.recipe), job.first_epoch);
  NETFIT_TRY(train::check(request));
  const Folder folder = NETFIT_TRY(prepare_folder(job));
  request.checkpoint = folder.checkpoint();

  std::optional<std::string> metrics;
  request.report = [&](const train::EpochResult& epoch) -> Result<void> {
    if (!metrics) metrics = NETFIT_TRY(earlier_metrics(folder, epoch.epoch));
    *metrics += epoch_json(epoch).dump() + "\n";
    if (!job.json) print_epoch(epoch, job.recipe.schedule.epochs, environment);
    return base::write_file(folder.metrics(), *metrics);
  };
  request.rescue = [&](ir::Graph graph, std::int64_t epoch) -> Result<std::string> {
    graph.inputs.front().preprocessing = request.preprocessing;
    graph.class_names = dataset.class_names;
    const fs::path file = folder.root / "rescued.safetensors";
    NETFIT_TRY(save_trained(graph, file));
    return fmt::format("the weights of epoch {} are in {} (--model reads it)", epoch, base::printable(file.string()));
  };
  if (job.snapshot_epoch > 0) {
    request.snapshot.take = [&](ir::Graph graph) {
      graph.inputs.front().preprocessing = request.preprocessing;
      return save_trained(graph, folder.root / "rewind.safetensors");
    };
  }
  LimitedProgress progress(*environment.progress, job.budget_seconds);
  Result<train::TrainingResult> result = train::train(request, progress);
  if (!result && result.error().kind() == ErrorKind::Interrupted) {
    if (!progress.time_is_up()) return fail(std::move(result.error()).hint("the same command with --resume goes on"));
    return std::nullopt;
  }
  const train::TrainingResult trained = NETFIT_TRY(std::move(result));
  return finish(job, request, trained, folder, environment);
}

Result<void> run_training(const TrainJob& job, const Environment& environment) {
  const std::optional<Trained> answer = NETFIT_TRY(train_in_folder(job, environment));
  answer ? print_answer(job, *answer, environment) : print_unfinished(job, environment);
  return {};
}

}  // namespace netfit::cli
