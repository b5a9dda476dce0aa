// SPDX-License-Identifier: Apache-2.0
#include "cli/commands/sparse_job.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/answers/print_json.h"
#include "cli/answers/sparsity_chart.h"
#include "cli/answers/table.h"
#include "cli/commands/pruning_folder.h"
#include "cli/flags/training_recipe.h"
#include "cli/trained_model.h"
#include "train/pruning/sparsity.h"

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

std::string_view name(Rewinding way) { return way == Rewinding::Rewound ? "rewound" : "kept"; }

Json plan_of(const SparseJob& job) {
  Json ways = Json::array();
  for (const Rewinding way : job.ways) ways.push_back(name(way));
  return {{"architecture", job.training.architecture},
          {"model", job.training.model},
          {"data", job.training.data.source},
          {"sparsities", job.sparsities},
          {"ways", ways},
          {"rewind_epoch", job.rewind_epoch},
          {"recipe", training_recipe_text(job.training.recipe)}};
}

class SparsePruning {
 public:
  SparsePruning(const SparseJob& job, const Environment& environment)
      : job_(job), environment_(environment), folder_(job.training.folder) {}

  Result<std::vector<SparseRound>> run() {
    const std::string plan = plan_of(job_).dump(2) + "\n";
    NETFIT_TRY(check_pruning_folder(job_.training, plan));
    const Trained dense = NETFIT_TRY(train_dense());
    NETFIT_TRY(begin_pruning_folder(job_.training, plan));
    note_round("dense", dense);
    for (const Rewinding way : job_.ways) {
      Trained now = dense;
      for (std::size_t i = 0; i < job_.sparsities.size(); ++i) {
        now = NETFIT_TRY(train_round(way, i, now.result.graph));
        note_round(name(way), now);
      }
      if (way == job_.ways.front()) NETFIT_TRY(write_network(now.result.graph, folder_));
    }
    return rounds_;
  }

 private:
  // A run that an earlier call has finished is read.
  Result<Trained> train(const TrainJob& training) const {
    if (training.resume) {
      if (auto earlier = NETFIT_TRY(find_finished_run(training.folder))) return *std::move(earlier);
    }
    return *NETFIT_TRY(train_in_folder(training, environment_));
  }

  Result<Trained> train_dense() const {
    TrainJob training = job_.training;
    training.folder = folder_ / "dense";
    training.snapshot_epoch = job_.rewind_epoch;
    return train(training);
  }

  Result<Trained> train_round(Rewinding way, std::size_t round, const ir::Graph& trained) const {
    TrainJob training = job_.training;
    training.folder = folder_ / fmt::format("{}{}", name(way), round + 1);
    training.architecture.clear();
    training.recipe.keep_zeros = true;
    ir::Graph start = train::sparsified(trained, job_.sparsities[round]);
    if (way == Rewinding::Rewound) {
      training.first_epoch = job_.rewind_epoch;
      start = train::with_zeros_of(NETFIT_TRY(load_trained(folder_ / "dense" / "rewind.safetensors")), start);
    }
    const fs::path file = fs::path(training.folder) / "pruned.safetensors";
    training.model = file;
    std::error_code ignored;
    if (!training.resume || !fs::exists(file, ignored)) {
      NETFIT_TRY(make_folder(training.folder));
      NETFIT_TRY(save_trained(start, file));
    }
    return train(training);
  }

  void note_round(std::string_view way, const Trained& trained) {
    const train::SparseBytes bytes = train::int8_bytes(trained.result.graph);
    rounds_.push_back(
        {std::string(way), train::sparsity_of(trained.result.graph), trained.test_top1, bytes.dense, bytes.sparse});
  }

  const SparseJob& job_;
  const Environment& environment_;
  fs::path folder_;
  std::vector<SparseRound> rounds_;
};

Json round_json(const SparseRound& round) {
  return {{"weights", round.way},
          {"sparsity", round.sparsity},
          {"test_top1", round.test_top1 ? Json(*round.test_top1) : Json()},
          {"int8_bytes", round.dense_bytes},
          {"int8_bytes_sparse", round.sparse_bytes}};
}

void print_rounds(const SparseJob& job, const std::vector<SparseRound>& rounds, const Environment& environment) {
  if (job.training.json) {
    Json json{{"folder", job.training.folder}, {"rounds", Json::array()}};
    for (const SparseRound& round : rounds) json["rounds"].push_back(round_json(round));
    return print_json(json, environment);
  }
  Table table({{"weights"},
               {"zero", Align::Right},
               {"test top-1", Align::Right},
               {"int8 bytes", Align::Right},
               {"sparse", Align::Right}});
  for (const SparseRound& round : rounds) {
    table.add({round.way, fmt::format("{:.2f} %", 100 * round.sparsity),
               round.test_top1 ? fmt::format("{:.2f} %", *round.test_top1) : "", grouped(round.dense_bytes),
               grouped(round.sparse_bytes)});
  }
  fmt::print(environment.out, "{}", table.text());
  fmt::print(environment.out,
             "sparse: a bit for each weight, a byte for each that is not zero in int8. Only storage that is unpacked\n"
             "before use gains: dense kernels take as long, and as much memory, as without zeros.\n");
}

}  // namespace

Result<void> run_sparse_pruning(const SparseJob& job, const Environment& environment) {
  const std::vector<SparseRound> rounds = NETFIT_TRY(SparsePruning(job, environment).run());
  std::string lines;
  for (const SparseRound& round : rounds) lines += round_json(round).dump() + "\n";
  NETFIT_TRY(base::write_file(fs::path(job.training.folder) / "pruning.jsonl", lines));
  print_rounds(job, rounds, environment);
  if (job.chart.empty()) return {};
  const std::string picture = NETFIT_TRY(sparsity_svg(rounds));
  return base::write_file(job.chart, picture);
}

}  // namespace netfit::cli
