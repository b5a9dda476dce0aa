// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/diagnostics.h"
#include "base/text.h"
#include "cli/answers/describe_device.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/commands.h"
#include "cli/flags/flags.h"
#include "cli/measured.h"
#include "device/catalog.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string name;
  std::vector<std::string> files;
  bool boards = false;
  bool json = false;
};

// Every device that can be read; the others are named, so that one broken file does not hide the rest.
std::vector<device::FoundDevice> load_all(const Environment& environment) {
  std::vector<device::FoundDevice> found;
  for (const std::string& name : device::device_names(environment.device_roots)) {
    Result<device::FoundDevice> one = device::load_device(name, environment.device_roots);
    if (one) {
      found.push_back(*std::move(one));
    } else {
      const base::Fault& fault = one.error().faults().front();
      note(environment, fmt::format("device '{}' is left out: {}: {}", name, fault.where, fault.what));
    }
  }
  return found;
}

void print_list(const std::vector<device::FoundDevice>& devices, std::FILE* out) {
  Table table({{"device"},
               {"core"},
               {"clock", Align::Right},
               {"cores", Align::Right},
               {"RAM", Align::Right},
               {"flash", Align::Right},
               {"default runtime"}});
  Table aliases({{"alias"}, {"device"}});
  for (const device::FoundDevice& found : devices) {
    const device::Device& device = found.device;
    table.add({device.name, device.core, fmt::format("{:g} MHz", device.clock_mhz), std::to_string(device.cores),
               size_text(total_bytes(device, device::MemoryKind::Ram)),
               size_text(total_bytes(device, device::MemoryKind::Flash)), device.default_runtime});
    for (const std::string& alias : device.aliases) aliases.add({alias, device.name});
  }
  fmt::print(out, "{}\n{}", table.text(), aliases.text());
}

Json board_json(const calib::BoardSummary& board) {
  return {{"name", board.id},
          {"core", board.core},
          {"clock_mhz", board.clock_mhz ? Json(*board.clock_mhz) : Json()},
          {"runtimes", board.runtimes},
          {"threads", board.threads}};
}

// "armnn, tflite": without versions, which --json has.
std::string short_runtimes(const calib::BoardSummary& board) {
  std::set<std::string> names;
  for (const std::string& runtime : board.runtimes) names.insert(runtime.substr(0, runtime.find(' ')));
  return base::join(std::vector<std::string>(names.begin(), names.end()), ", ");
}

void print_boards(const std::vector<calib::BoardSummary>& boards, std::FILE* out) {
  if (boards.empty()) return;
  Table table({{"board, known by measurements"}, {"threads", Align::Right}, {"runtimes"}});
  for (const calib::BoardSummary& board : boards) {
    table.add({board.id, board.threads > 0 ? std::to_string(board.threads) : "-", short_runtimes(board)});
  }
  fmt::print(out, "\n{}", table.text());
}

Result<void> run_list(const Options& options, const Environment& environment) {
  const std::vector<device::FoundDevice> devices = load_all(environment);
  const std::vector<std::string> runtimes = device::runtime_names(environment.device_roots);
  const std::vector<calib::BoardSummary> boards =
      options.boards ? measured_boards(environment) : std::vector<calib::BoardSummary>();
  if (options.json) {
    Json answer{{"devices", Json::array()}, {"runtimes", runtimes}};
    for (const device::FoundDevice& found : devices) answer["devices"].push_back(summary_json(found));
    if (options.boards) answer["boards"] = Json::array();
    for (const calib::BoardSummary& board : boards) answer["boards"].push_back(board_json(board));
    print_json(answer, environment);
    return {};
  }
  print_list(devices, environment.out);
  fmt::print(environment.out, "\nruntimes: {}\n", runtimes.empty() ? "none" : base::join(runtimes, ", "));
  print_boards(boards, environment.out);
  return {};
}

template <typename Found>
void print_found(const Found& found, const Options& options, const Environment& environment) {
  if (options.json) {
    print_json(describe_json(found), environment);
  } else {
    fmt::print(environment.out, "{}", describe(found));
  }
}

Result<bool> names_runtime(const std::string& name, const Environment& environment) {
  if (name.ends_with(".toml")) return device::is_runtime_file(name);
  const std::vector<std::string> runtimes = device::runtime_names(environment.device_roots);
  return std::ranges::find(runtimes, name) != runtimes.end();
}

Result<void> run_show(const Options& options, const Environment& environment) {
  if (NETFIT_TRY(names_runtime(options.name, environment))) {
    print_found(NETFIT_TRY(device::find_runtime(options.name, environment.device_roots)), options, environment);
    return {};
  }
  Result<device::FoundDevice> described = load_described_device(options.name, environment);
  const std::optional<device::FoundDevice> measured =
      described ? std::nullopt : find_measured_device(options.name, environment);
  const device::FoundDevice found = measured ? *measured : NETFIT_TRY(std::move(described));
  for (const std::string& text : found.notes) note(environment, text);
  print_found(found, options, environment);
  return {};
}

Result<void> run_check(const Options& options, const Environment& environment) {
  Json answer{{"files", Json::array()}};
  Diagnostics all;
  for (const std::string& file : options.files) {
    const Result<void> checked = device::check_description(file, environment.device_roots);
    Json faults = Json::array();
    if (!checked) {
      for (const base::Fault& fault : checked.error().faults()) {
        all.error(fault.where, fault.what);
        faults.push_back({{"where", fault.where}, {"what", fault.what}});
      }
    } else if (!options.json) {
      fmt::print(environment.out, "{}: ok\n", base::printable(file));
    }
    answer["files"].push_back({{"file", file}, {"ok", checked.has_value()}, {"faults", std::move(faults)}});
  }
  if (options.json) print_json(answer, environment);
  return all.result();
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.require_subcommand(1);
  CLI::App* list = app.add_subcommand("list", "devices and runtimes, shipped and of ./devices and ./runtimes");
  list->add_flag("--boards", options->boards, "also the boards that are known by measurements");
  CLI::App* show = app.add_subcommand("show", "everything that is known of a device or runtime");
  show->add_option("name", options->name,
                   "a name, NAME@CLOCK (stm32h747@480MHz), an alias, a .toml file,\n"
                   "or a board that measurements know")
      ->required()
      ->type_name("NAME");
  CLI::App* check = app.add_subcommand("check", "names every missing, contradictory or implausible figure of files");
  check->add_option("files", options->files, ".toml files of devices or runtimes")->required()->type_name("FILE");
  for (CLI::App* sub : {list, show, check}) add_json_flag(*sub, options->json);
  return [=](const Environment& environment) {
    if (list->parsed()) return run_list(*options, environment);
    if (show->parsed()) return run_show(*options, environment);
    return run_check(*options, environment);
  };
}

}  // namespace

constinit const Command kDevices{"devices", "what is known of devices and runtimes: list, show, check", &set_up};

}  // namespace netfit::cli
