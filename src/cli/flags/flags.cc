// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/flags.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/parallel.h"
#include "data/preprocess.h"

namespace netfit::cli {

void add_data_flags(CLI::App& app, DataFlags& flags) {
  app.add_option("--data", flags.source,
                 "cifar10 (the cache, else the embedded subset), a folder of the official\n"
                 "CIFAR-10 binary files, a folder per class of PNG or JPEG files, or an .npz\n"
                 "with x (and y)")
      ->required()
      ->type_name("SOURCE");
  app.add_option("--limit", flags.limit, "use the first N samples only")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40))
      ->type_name("N");
  app.add_option("--preprocess", flags.preprocess,
                 "what pixels become before they enter the model: cifar10, imagenet, pixels or\n"
                 "a .toml file; wins over the model's own record")
      ->type_name("NAME|FILE");
}

Result<data::Dataset> open_data(const DataFlags& flags, data::Split split, const ir::Graph& graph,
                                const Environment& environment) {
  data::OpenOptions options{
      .split = split, .limit = flags.limit, .cache = {environment.cache / "cifar10"}, .embedded = environment.embedded};
  const Shape& input = graph.value(graph.inputs.front().value).shape;
  if (input.rank() == 4) options.extent = data::Extent{input[1], input[2]};
  data::Dataset dataset = NETFIT_TRY(data::open(flags.source, options));
  if (dataset.name != flags.source && dataset.name.starts_with(flags.source)) {
    note(environment, fmt::format("--data {} is the {}: {} images; 'netfit data fetch cifar10' gets all", flags.source,
                                  dataset.name, dataset.count()));
  }
  return dataset;
}

Result<std::optional<ir::Preprocessing>> choose_preprocessing(const DataFlags& flags, const data::Dataset& dataset,
                                                              const ir::Graph& graph, const Environment& environment) {
  if (!dataset.images) {
    if (!flags.preprocess.empty()) note(environment, "--preprocess is ignored: the data set holds tensors, not images");
    return std::nullopt;
  }
  if (graph.inputs.size() != 1) {
    return bad_input(
        fmt::format("the model has {} inputs; images feed exactly one (use an .npz)", graph.inputs.size()));
  }
  std::optional<ir::Preprocessing> users_word;
  if (!flags.preprocess.empty()) users_word = NETFIT_TRY(data::load_preprocessing(flags.preprocess));
  const data::ChosenPreprocessing chosen =
      NETFIT_TRY(data::choose_preprocessing(graph, graph.inputs.front(), users_word));
  if (!chosen.note.empty()) note(environment, chosen.note);
  return chosen.preprocessing;
}

void add_threads_flag(CLI::App& app, int& threads) {
  app.add_option("--threads", threads, "worker threads (default: one per CPU)")
      ->check(CLI::Range(1, 1024))
      ->type_name("N");
}

int thread_count(int flag) { return flag > 0 ? flag : base::available_threads(); }

void add_json_flag(CLI::App& app, bool& json) {
  app.add_flag("--json", json, "print one JSON object on stdout, nothing else");
}

}  // namespace netfit::cli
