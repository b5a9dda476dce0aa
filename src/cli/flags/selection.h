// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"
#include "cli/environment.h"
#include "cli/flags/limit_flags.h"
#include "cli/flags/store_flags.h"
#include "select/recommend.h"

namespace CLI {
class App;
}

namespace netfit::cli {

/// The flags of the commands that choose among the Runs of one device.
struct SelectionFlags {
  std::string config;
  std::string store;
  std::string device;
  LimitFlags limits;
  ObjectiveFlags objective;
};
void add_selection_flags(CLI::App& app, SelectionFlags& flags);

/// What there is to choose from, and what is wanted: flags over presets over netfit.toml. Where nobody limits RAM or
/// flash, the device does.
struct Selection {
  std::filesystem::path store;
  DeviceRuns runs;
  select::Request request;
};
Result<Selection> open_selection(const SelectionFlags& flags, const Environment& environment);

/// "objective memory; latency at most 200 ms, power at most 200 mW at 5 inferences a second".
std::string request_text(const select::Request& request);
nlohmann::ordered_json request_json(const select::Request& request);

}  // namespace netfit::cli
