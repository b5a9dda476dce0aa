// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/flags.h"
#include "cli/print_json.h"
#include "cli/table.h"
#include "cli/version.h"
#include "report/charts.h"
#include "report/formats.h"
#include "store/store.h"

namespace netfit::cli {
namespace {

struct Options {
  std::string output;
  std::string store = ".netfit/runs.db";
  std::string device;
  std::string title = "netfit report";
  std::string objectives = "balanced";
  std::string chart;
  bool json = false;
};

Result<std::vector<store::Run>> load_runs(const Options& options) {
  const auto store = NETFIT_TRY(store::open_store(options.store, {.access = store::Access::Read}));
  store::Filter filter;
  if (!options.device.empty()) filter.device = options.device;
  std::vector<store::Run> runs = NETFIT_TRY(located(store->query(filter), options.store));
  if (!runs.empty()) return runs;
  const std::vector<store::Run> all = NETFIT_TRY(located(store->all(), options.store));
  if (all.empty()) return located<std::vector<store::Run>>(bad_input("the store holds no runs yet"), options.store);
  std::vector<std::string> devices;
  for (const store::Run& run : all) devices.push_back(run.device.name);
  std::ranges::sort(devices);
  devices.erase(std::unique(devices.begin(), devices.end()), devices.end());
  return located<std::vector<store::Run>>(
      bad_input(fmt::format("the store has no runs of device '{}' (allowed: {})", base::printable(options.device),
                            base::printable(base::join(devices, ", ")))),
      options.store);
}

void print_answer(const Options& options, const report::Report& report, std::size_t bytes,
                  const Environment& environment) {
  if (options.json) {
    nlohmann::ordered_json json{{"output", options.output}, {"bytes", bytes}, {"devices", nlohmann::json::array()}};
    for (const report::DevicePart& part : report.devices) {
      const auto& choice = part.recommendation.choice;
      json["devices"].push_back({{"device", part.device},
                                 {"runs", part.entries.size()},
                                 {"choice", choice ? nlohmann::ordered_json(choice->label) : nullptr}});
    }
    return print_json(json, environment);
  }
  Table table({{"device"}, {"runs", Align::Right}, {"recommended"}});
  for (const report::DevicePart& part : report.devices) {
    const auto& choice = part.recommendation.choice;
    table.add({part.device, std::to_string(part.entries.size()), choice ? choice->label : "nothing fits"});
  }
  fmt::print(environment.out, "{}{}: {} bytes\n", table.text(), options.output,
             grouped(static_cast<std::int64_t>(bytes)));
}

Result<void> run_report(const Options& options, const Environment& environment) {
  const report::Format* format = NETFIT_TRY(report::format_for(options.output));
  report::WriteOptions write{.vega = environment.vega};
  if (!options.chart.empty()) {
    if (format->name != "svg") return bad_usage("--chart chooses what an .svg shows; other formats show everything");
    NETFIT_TRY(report::find_chart(options.chart));
    write.chart = options.chart;
  }
  report::ReportOptions choices{.title = options.title, .tool_version = std::string(kVersion)};
  choices.otherwise.ranking.objectives = NETFIT_TRY(select::parse_objectives(options.objectives, "--objective"));
  const std::vector<store::Run> runs = NETFIT_TRY(load_runs(options));
  const report::Report report = NETFIT_TRY(report::make_report(runs, choices));
  const std::string text = NETFIT_TRY(format->write(report, write));
  NETFIT_TRY(base::write_file(options.output, text));
  print_answer(options, report, text.size(), environment);
  return {};
}

std::string chart_names() {
  std::string names;
  for (const report::ChartKind& kind : report::chart_kinds()) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", kind.name);
  }
  return names;
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("-o,--output", options->output, "the file to write: .html, .json, .csv or .svg")
      ->required()
      ->type_name("OUT");
  app.add_option("--store", options->store, "where the runs are")->type_name("FILE")->capture_default_str();
  app.add_option("--device", options->device, "this device only (default: all)")->type_name("DEVICE");
  app.add_option("--objective", options->objectives,
                 "what is to be as good as possible: latency, memory, flash, energy, accuracy,\n"
                 "balanced; or several, the first deciding: memory,latency")
      ->type_name("LIST")
      ->capture_default_str();
  app.add_option("--chart", options->chart,
                 fmt::format("what an .svg shows (default accuracy-latency):\n{}", chart_names()))
      ->type_name("NAME");
  app.add_option("--title", options->title, "of the page")->type_name("TEXT")->capture_default_str();
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_report(*options, environment); };
}

}  // namespace

constinit const Command kReport{"report", "all runs of a store as a page, JSON, CSV or a chart", &set_up};

}  // namespace netfit::cli
