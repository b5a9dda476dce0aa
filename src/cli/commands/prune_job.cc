// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/prune_job.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/commands/pruning_folder.h"
#include "cli/latency_cost.h"
#include "cli/model.h"
#include "cli/trained_model.h"
#include "data/subset.h"
#include "ir/hash.h"
#include "passes/pipelines.h"
#include "train/pruning/graph_size.h"

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

/// Enough for taylor: ranks of channels hardly change with more.
constexpr std::int64_t kRankingImages = 1024;

/// What a pruning works on.
struct Subject {
  ir::Graph graph;
  std::optional<data::Dataset> dataset;
  ir::Preprocessing preprocessing;
  ir::GraphCost cost;
};

/// A network on its way, and what is known of it.
struct Step {
  std::int64_t number = 0;
  ir::Graph graph;
  std::optional<double> test_top1;
};

Result<ir::GraphCost> cost_of(const PruneJob& job, const Environment& environment) {
  switch (job.target.figure) {
    case PrunedFigure::Macs:
      return [](const ir::Graph& graph) -> Result<double> { return static_cast<double>(train::count_macs(graph)); };
    case PrunedFigure::Params:
      return [](const ir::Graph& graph) -> Result<double> { return static_cast<double>(train::count_params(graph)); };
    case PrunedFigure::Bytes:
      return [type = job.type](const ir::Graph& graph) -> Result<double> {
        return static_cast<double>(NETFIT_TRY(train::stored_bytes(graph, type)));
      };
    case PrunedFigure::Latency:
      break;
  }
  const ir::GraphCost latency = NETFIT_TRY(latency_cost({job.target.device, job.runtime, job.type}, environment));
  return [latency](const ir::Graph& graph) -> Result<double> {
    ir::Graph deployed = graph;
    NETFIT_TRY(passes::optimize(deployed));
    return latency(deployed);
  };
}

Result<Subject> make_subject(const PruneJob& job, const Environment& environment) {
  Subject subject{.graph = NETFIT_TRY(load_model(job.training.model, environment)).graph};
  subject.cost = NETFIT_TRY(cost_of(job, environment));
  if (job.training.data.source.empty()) return subject;
  subject.dataset = NETFIT_TRY(open_data(job.training.data, data::Split::Train, subject.graph, environment));
  subject.preprocessing = NETFIT_TRY(find_preprocessing(job.training, *subject.dataset, subject.graph, environment));
  subject.graph.inputs.front().preprocessing = subject.preprocessing;
  return subject;
}

/// What is asked for: a folder that was begun with something else is not gone on with.
Json plan_of(const PruneJob& job, const Subject& subject) {
  return {{"network", ir::canonical_hash(subject.graph)},
          {"target", job.target.text},
          {"criterion", static_cast<int>(job.criterion)},
          {"multiple", job.multiple},
          {"steps", job.steps},
          {"type", name(job.type)},
          {"runtime", job.runtime},
          {"data", subject.dataset ? subject.dataset->name : ""},
          {"images", subject.dataset ? subject.dataset->count() : 0},
          {"trained_on", job.tunes},
          {"seed", job.training.recipe.seed}};
}

/// One pruning after the other, the first from the subject's graph.
class Pruning {
 public:
  Pruning(const PruneJob& job, const Subject& subject, const Environment& environment)
      : job_(job), subject_(subject), environment_(environment), plan_(plan_of(job, subject).dump(2) + "\n") {}

  Result<std::vector<Step>> run() {
    NETFIT_TRY(check_pruning_folder(job_.training, plan_));
    const double whole = NETFIT_TRY(subject_.cost(subject_.graph));
    allowed_ = job_.target.is_part ? whole * job_.target.value : job_.target.value;
    if (subject_.dataset) ranked_ = data::choose_samples(*subject_.dataset, kRankingImages, 0);
    std::vector<Step> steps{{.graph = subject_.graph}};
    const double factor = std::pow(std::min(1.0, allowed_ / whole), 1.0 / static_cast<double>(job_.steps));
    for (std::int64_t number = 1; number <= job_.steps; ++number) {
      const bool is_last = number == job_.steps;
      const double allowed = is_last ? allowed_ : whole * std::pow(factor, static_cast<double>(number));
      Step step = NETFIT_TRY(next(steps.back().graph, number, allowed));
      steps.push_back(std::move(step));
    }
    return steps;
  }

  double allowed() const { return allowed_; }

 private:
  fs::path folder_of(std::int64_t number) const {
    return fs::path(job_.training.folder) / fmt::format("step{}", number);
  }

  Result<Step> next(const ir::Graph& graph, std::int64_t number, double allowed) {
    Step step{.number = number};
    const fs::path file = folder_of(number) / "pruned.safetensors";
    std::error_code ignored;
    if (job_.tunes && job_.training.resume && fs::exists(file, ignored)) {
      step.graph = NETFIT_TRY(load_trained(file));
    } else {
      step.graph = NETFIT_TRY(prune(graph, allowed));
      if (number == 1) NETFIT_TRY(begin_pruning_folder(job_.training, plan_));
      if (job_.tunes) NETFIT_TRY(make_folder(folder_of(number)));
      if (job_.tunes) NETFIT_TRY(save_trained(step.graph, file));
    }
    if (job_.tunes) return train_on(std::move(step), file);
    if (number == job_.steps && subject_.dataset) {
      step.test_top1 = NETFIT_TRY(find_test_top1(job_.training, step.graph, subject_.preprocessing, environment_));
    }
    return step;
  }

  Result<ir::Graph> prune(const ir::Graph& graph, double allowed) {
    return located(train::prune_channels({.graph = graph,
                                          .criterion = job_.criterion,
                                          .target = {subject_.cost, allowed, job_.multiple},
                                          .images = {.images = ranked_ ? &*ranked_ : nullptr,
                                                     .preprocessing = subject_.preprocessing,
                                                     .device = job_.training.device,
                                                     .threads = thread_count(job_.training.threads)},
                                          .seed = static_cast<std::uint64_t>(job_.training.recipe.seed)},
                                         *environment_.progress),
                   base::printable(job_.training.model));
  }

  // The run of an earlier call is read, or gone on with.
  Result<Step> train_on(Step step, const fs::path& file) {
    TrainJob training = job_.training;
    training.model = file;
    training.folder = folder_of(step.number);
    std::optional<Trained> result;
    if (training.resume) result = NETFIT_TRY(find_finished_run(training.folder));
    if (!result) result = NETFIT_TRY(train_in_folder(training, environment_));
    step.graph = result->result.graph;
    step.test_top1 = result->test_top1;
    return step;
  }

  const PruneJob& job_;
  const Subject& subject_;
  const Environment& environment_;
  std::string plan_;
  double allowed_ = 0;
  std::optional<data::Dataset> ranked_;
};

Result<Json> figures_of(const PruneJob& job, const Subject& subject, const Step& step) {
  Json json{{"step", step.number},
            {"channels", train::count_channels(step.graph)},
            {"macs", train::count_macs(step.graph)},
            {"params", train::count_params(step.graph)},
            {"bytes", NETFIT_TRY(train::stored_bytes(step.graph, job.type))}};
  if (job.target.figure == PrunedFigure::Latency) json["latency_ms"] = NETFIT_TRY(subject.cost(step.graph));
  json["test_top1"] = step.test_top1 ? Json(*step.test_top1) : Json();
  return json;
}

void print_answer(const PruneJob& job, const Json& steps, double allowed, const Environment& environment) {
  if (job.training.json) {
    return print_json(
        {{"folder", job.training.folder}, {"target", job.target.text}, {"allowed", allowed}, {"steps", steps}},
        environment);
  }
  const bool on_device = job.target.figure == PrunedFigure::Latency;
  std::vector<Column> columns{{"step"}};
  for (const char* title : {"channels", "MACs", "params", "bytes"}) columns.push_back({title, Align::Right});
  if (on_device) columns.push_back({"latency, ms", Align::Right});
  columns.push_back({"test top-1", Align::Right});
  Table table(std::move(columns));
  for (const Json& step : steps) {
    const auto number = [&](const char* key) { return grouped(step[key].get<std::int64_t>()); };
    std::vector<std::string> row{number("step"), number("channels"), number("macs"), number("params"), number("bytes")};
    if (on_device) row.push_back(fmt::format("{:.4g}", step["latency_ms"].get<double>()));
    row.push_back(step["test_top1"].is_null() ? "" : fmt::format("{:.2f} %", step["test_top1"].get<double>()));
    table.add(std::move(row));
  }
  fmt::print(environment.out, "{}", table.text());
  fmt::print(environment.out, "{}: {} met (at most {:.6g} {})\n", job.training.folder, job.target.text, allowed,
             unit_of(job.target.figure));
}

}  // namespace

Result<void> run_pruning(const PruneJob& job, const Environment& environment) {
  const Subject subject = NETFIT_TRY(make_subject(job, environment));
  Pruning pruning(job, subject, environment);
  const std::vector<Step> steps = NETFIT_TRY(pruning.run());
  Json figures = Json::array();
  std::string lines;
  for (const Step& step : steps) {
    figures.push_back(NETFIT_TRY(figures_of(job, subject, step)));
    lines += figures.back().dump() + "\n";
  }
  NETFIT_TRY(base::write_file(fs::path(job.training.folder) / "pruning.jsonl", lines));
  NETFIT_TRY(write_network(steps.back().graph, job.training.folder));
  print_answer(job, figures, pruning.allowed(), environment);
  return {};
}

}  // namespace netfit::cli
