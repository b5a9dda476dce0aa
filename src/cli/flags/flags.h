// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/environment.h"
#include "data/dataset.h"
#include "ir/graph.h"

namespace CLI {
class App;
}

// Flags that several commands share, with one meaning.
namespace netfit::cli {

/// --data, --limit, --preprocess.
struct DataFlags {
  std::string source;
  std::optional<std::int64_t> limit;
  std::string preprocess;
};
void add_data_flags(CLI::App& app, DataFlags& flags);

/// The data set for `graph`, whose input gives the size of images from folders; says aloud when the embedded subset
/// stands in for the full one.
Result<data::Dataset> open_data(const DataFlags& flags, data::Split split, const ir::Graph& graph,
                                const Environment& environment);

/// How images become the input of `graph`; no value for tensor data, which needs none.
Result<std::optional<ir::Preprocessing>> choose_preprocessing(const DataFlags& flags, const data::Dataset& dataset,
                                                              const ir::Graph& graph, const Environment& environment);

/// --threads; 0 means as many as CPUs.
void add_threads_flag(CLI::App& app, int& threads);
int thread_count(int flag);

/// --json.
void add_json_flag(CLI::App& app, bool& json);

}  // namespace netfit::cli
