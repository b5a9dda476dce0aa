// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/selection.h"

#include <algorithm>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/flags/presets.h"
#include "select/words.h"

namespace netfit::cli {
namespace {

std::string objectives_text(const select::Ranking& ranking) {
  std::vector<std::string> names;
  for (const select::Objective objective : ranking.objectives) names.emplace_back(select::name(objective));
  return base::join(names, ", then ");
}

// What is larger than all of the device's memory of that kind cannot be put onto it, whatever else is asked for. Only
// said where it keeps something out.
void add_device_limit(select::Limited limited, device::MemoryKind kind, const DeviceRuns& runs,
                      select::Constraints& constraints) {
  const bool given = std::ranges::count(constraints.limits, limited, &select::Limit::limited) > 0;
  if (given || !runs.described) return;
  double bytes = 0.0;
  for (const device::MemoryRegion& region : runs.described->regions) {
    if (region.kind == kind) bytes += static_cast<double>(region.bytes);
  }
  const bool matters = std::ranges::any_of(runs.options, [&](const select::Option& option) {
    const Reading* reading = option.find(select::quantity_of(limited));
    return reading != nullptr && reading->high > bytes;
  });
  if (bytes > 0.0 && matters) constraints.limits.push_back({limited, bytes});
}

}  // namespace

void add_selection_flags(CLI::App& app, SelectionFlags& flags) {
  app.add_option("--device", flags.device,
                 "a name, an alias or a .toml file (default: the preset's, else the only one\n"
                 "in the store)")
      ->type_name("DEVICE");
  add_objective_flags(app, flags.objective);
  add_limit_flags(app, flags.limits);
  add_store_flag(app, flags.store);
  add_config_flag(app, flags.config);
}

Result<Selection> open_selection(const SelectionFlags& flags, const Environment& environment) {
  const Config config = NETFIT_TRY(load_config(flags.config));
  const std::vector<std::string>& names = flags.objective.presets.empty() ? config.presets : flags.objective.presets;
  std::string device = flags.device;
  Wishes wishes = config.wishes;
  const std::vector<Preset> presets = NETFIT_TRY(find_presets(names, environment));
  for (const Preset& preset : presets) {
    wishes.add(preset.wishes);
    if (flags.device.empty() && !preset.device.empty()) device = preset.device;
  }
  wishes.add(wishes_of(flags.limits, flags.objective));
  Selection selection{.store = store_path(flags.store, config)};
  selection.request = NETFIT_TRY(request_of(wishes));
  selection.runs = NETFIT_TRY(load_device_runs(selection.store, device, environment));
  select::Constraints& constraints = selection.request.constraints;
  add_device_limit(select::Limited::PeakRam, device::MemoryKind::Ram, selection.runs, constraints);
  add_device_limit(select::Limited::Flash, device::MemoryKind::Flash, selection.runs, constraints);
  return selection;
}

std::string request_text(const select::Request& request) {
  std::vector<std::string> limits;
  for (const select::Limit& limit : request.constraints.limits) {
    limits.push_back(fmt::format("{} at {} {}", select::in_words(limit.limited),
                                 select::is_floor(limit.limited) ? "least" : "most",
                                 select::in_words(limit.limited, limit.allowed)));
  }
  std::string text = fmt::format("objective {}; ", objectives_text(request.ranking));
  text += limits.empty() ? "no limits" : base::join(limits, ", ");
  if (request.constraints.rate_per_s)
    text += fmt::format("; {:.4g} inferences a second", *request.constraints.rate_per_s);
  if (request.constraints.judge == select::Judge::BadEnd) text += "; limits hold for the bad end of the 90 % interval";
  return text;
}

nlohmann::ordered_json request_json(const select::Request& request) {
  nlohmann::ordered_json json{{"objectives", nlohmann::ordered_json::array()},
                              {"limits", nlohmann::ordered_json::object()}};
  for (const select::Objective objective : request.ranking.objectives)
    json["objectives"].push_back(select::name(objective));
  for (const select::Limit& limit : request.constraints.limits)
    json["limits"][select::name(limit.limited)] = limit.allowed;
  if (request.constraints.rate_per_s) json["rate_per_s"] = *request.constraints.rate_per_s;
  json["judged_by"] = request.constraints.judge == select::Judge::Value ? "value" : "bad end";
  return json;
}

}  // namespace netfit::cli
