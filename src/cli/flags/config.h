// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/flags/wishes.h"

namespace CLI {
class App;
}

namespace netfit::cli {

/// What netfit.toml says; flags win over it. Paths in it start from its folder.
struct Config {
  std::filesystem::path file;  ///< empty if there is none
  std::vector<std::string> models;
  std::vector<std::string> schemes;
  std::vector<std::string> devices;
  std::string runtime;
  std::string data;
  std::string preprocess;
  std::optional<std::int64_t> limit;
  std::filesystem::path store;
  std::vector<std::string> presets;
  Wishes wishes;
};

/// --config.
void add_config_flag(CLI::App& app, std::string& config);

/// That file, else ./netfit.toml if it is there, else an empty Config. Every fault is named with line and column.
Result<Config> load_config(const std::string& config);

}  // namespace netfit::cli
