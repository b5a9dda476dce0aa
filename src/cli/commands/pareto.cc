// SPDX-License-Identifier: Apache-2.0
#include "select/pareto.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/figures.h"
#include "cli/answers/print_json.h"
#include "cli/commands.h"
#include "cli/flags/config.h"
#include "cli/flags/flags.h"
#include "cli/flags/store_flags.h"
#include "select/words.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string config;
  std::string store;
  std::string device;
  std::vector<std::string> objectives{"top1", "latency", "flash"};
  bool json = false;
};

Result<std::vector<Quantity>> parse_quantities(const std::vector<std::string>& names) {
  const std::vector<std::string> known{"top1", "latency", "peak_ram", "arena", "flash", "file_size", "energy"};
  std::vector<Quantity> quantities;
  for (const std::string& name : names) {
    const std::optional<Quantity> quantity = base::find_quantity(base::trim(name));
    if (!quantity || std::ranges::count(known, name) == 0) {
      const std::optional<std::string> nearest = base::nearest_word(name, known);
      return located<std::vector<Quantity>>(
          bad_usage(fmt::format("'{}' is not an objective{} (allowed: {})", base::printable(name),
                                nearest ? fmt::format(", did you mean '{}'?", *nearest) : "", base::join(known, ", "))),
          "--objectives");
    }
    if (std::ranges::count(quantities, *quantity) > 0) {
      return located<std::vector<Quantity>>(bad_usage(fmt::format("'{}' is given twice", name)), "--objectives");
    }
    quantities.push_back(*quantity);
  }
  return quantities;
}

struct DeviceFront {
  DeviceRuns runs;
  select::Front front;

  std::vector<select::Option> members() const {
    std::vector<select::Option> options;
    for (const std::size_t member : front.members) options.push_back(runs.options[member]);
    return options;
  }
};

Json front_json(const DeviceFront& front, const Options& options) {
  Json json{{"device", front.runs.device},
            {"objectives", options.objectives},
            {"considered", front.runs.options.size()},
            {"front", Json::array()},
            {"excluded", Json::array()}};
  for (const select::Option& option : front.members()) json["front"].push_back(option_json(option));
  for (const select::Excluded& excluded : front.front.excluded) {
    json["excluded"].push_back({{"label", front.runs.options[excluded.option].label}, {"reason", excluded.reason}});
  }
  return json;
}

void print_front(const DeviceFront& front, const std::vector<Quantity>& quantities, const Environment& environment) {
  const std::vector<select::Option> members = front.members();
  std::vector<std::string> words;
  for (const Quantity quantity : quantities) words.emplace_back(select::in_words(quantity));
  fmt::print(environment.out, "{}: {} of {} Runs are on the front of {}\n", base::printable(front.runs.device),
             members.size(), front.runs.options.size(), base::join(words, ", "));
  fmt::print(environment.out, "{}", options_table(members, quantities));
  const std::string sources = sources_line(members, quantities);
  if (!sources.empty()) fmt::print(environment.out, "{}", wrapped(sources, 2));
  for (const select::Excluded& excluded : front.front.excluded) {
    fmt::print(environment.out, "{}",
               wrapped(fmt::format("left out: {}: {}", front.runs.options[excluded.option].label, excluded.reason), 2));
  }
}

Result<void> run_pareto(const Options& options, const Environment& environment) {
  const Config config = NETFIT_TRY(load_config(options.config));
  const std::vector<Quantity> quantities = NETFIT_TRY(parse_quantities(options.objectives));
  const std::filesystem::path store = store_path(options.store, config);
  std::vector<std::string> devices{options.device};
  if (options.device.empty()) devices = NETFIT_TRY(stored_devices(store));
  std::vector<DeviceFront> fronts;
  for (const std::string& device : devices) {
    DeviceFront front{.runs = NETFIT_TRY(load_device_runs(store, device, environment))};
    front.front = select::pareto_front(front.runs.options, quantities);
    fronts.push_back(std::move(front));
  }
  if (options.json && fronts.size() == 1) {
    print_json(front_json(fronts.front(), options), environment);
  } else if (options.json) {
    Json json{{"fronts", Json::array()}};
    for (const DeviceFront& front : fronts) json["fronts"].push_back(front_json(front, options));
    print_json(json, environment);
  } else {
    for (const DeviceFront& front : fronts) {
      if (&front != &fronts.front()) fmt::print(environment.out, "\n");
      print_front(front, quantities, environment);
    }
  }
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("--device", options->device, "a name, an alias or a .toml file (default: all devices of the store)")
      ->type_name("DEVICE");
  app.add_option("--objectives", options->objectives,
                 "what counts: top1, latency, peak_ram, arena, flash, file_size, energy")
      ->delimiter(',')
      ->type_name("NAME,...")
      ->default_str("top1,latency,flash");
  add_store_flag(app, options->store);
  add_config_flag(app, options->config);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_pareto(*options, environment); };
}

}  // namespace

constinit const Command kPareto{"pareto", "the explored Runs that no other beats in every objective", &set_up};

}  // namespace netfit::cli
