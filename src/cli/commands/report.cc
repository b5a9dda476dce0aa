// SPDX-License-Identifier: Apache-2.0
#include "report/report.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/answers/training_curves.h"
#include "cli/commands.h"
#include "cli/flags/flags.h"
#include "cli/flags/presets.h"
#include "cli/flags/selection.h"
#include "cli/version.h"
#include "report/chart_file.h"
#include "report/charts.h"
#include "report/formats.h"

namespace netfit::cli {
namespace {

struct Options {
  SelectionFlags selection;
  std::vector<std::string> trainings;
  std::string output;
  std::string title = "netfit report";
  std::string chart;
  bool json = false;
};

// The flags as they concern one device: a platform's preset speaks of that platform only.
Result<SelectionFlags> flags_for(const std::string& device, const SelectionFlags& flags,
                                 const Environment& environment) {
  SelectionFlags own = flags;
  own.device = device;
  if (!flags.device.empty()) return own;
  own.objective.presets.clear();
  for (const Preset& preset : NETFIT_TRY(find_presets(flags.objective.presets, environment))) {
    if (preset.device.empty() || preset.device == device) own.objective.presets.push_back(preset.name);
  }
  return own;
}

Result<report::Report> load_report(const Options& options, const Environment& environment) {
  const Config config = NETFIT_TRY(load_config(options.selection.config));
  std::vector<std::string> devices{options.selection.device};
  if (options.selection.device.empty()) {
    devices = NETFIT_TRY(stored_devices(store_path(options.selection.store, config)));
    if (devices.empty()) devices.emplace_back();  // the store says that it is empty
  }
  report::ReportOptions choices{.title = options.title, .tool_version = std::string(kVersion)};
  std::vector<store::Run> runs;
  for (const std::string& device : devices) {
    const SelectionFlags flags = NETFIT_TRY(flags_for(device, options.selection, environment));
    const Selection selection = NETFIT_TRY(open_selection(flags, environment));
    choices.requests[selection.runs.device] = selection.request;
    runs.insert(runs.end(), selection.runs.runs.begin(), selection.runs.runs.end());
  }
  return report::make_report(runs, choices);
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

// Curves are of the folders alone: no store is read.
Result<void> report_trainings(const Options& options, const Environment& environment) {
  NETFIT_TRY(report::check_chart_path(options.output));
  std::vector<TrainingCurve> curves;
  for (const std::string& run : options.trainings) curves.push_back(NETFIT_TRY(load_training_curve(run)));
  const std::vector<report::Chart> charts = training_charts(curves);
  const std::string wanted = options.chart.empty() ? "accuracy" : options.chart;
  const auto chosen = std::ranges::find(charts, wanted, &report::Chart::name);
  if (chosen == charts.end())
    return bad_usage(fmt::format("unknown chart '{}' of trainings (allowed: loss, accuracy)", base::printable(wanted)));
  const bool page = options.output.ends_with(".html");
  const std::string text = NETFIT_TRY(page ? report::write_chart_page(charts, environment.vega)
                                           : report::write_chart(*chosen, options.output, environment.vega));
  NETFIT_TRY(base::write_file(options.output, text));
  if (options.json) {
    print_json({{"output", options.output}, {"bytes", text.size()}, {"trainings", options.trainings}}, environment);
  } else {
    fmt::print(environment.out, "{}: {} bytes, {} trainings\n", options.output,
               grouped(static_cast<std::int64_t>(text.size())), curves.size());
  }
  return {};
}

Result<void> run_report(const Options& options, const Environment& environment) {
  if (!options.trainings.empty()) return report_trainings(options, environment);
  const report::Format* format = NETFIT_TRY(report::format_for(options.output));
  report::WriteOptions write{.vega = environment.vega};
  if (!options.chart.empty()) {
    if (format->name != "svg") return bad_usage("--chart chooses what an .svg shows; other formats show everything");
    NETFIT_TRY(report::find_chart(options.chart));
    write.chart = options.chart;
  }
  const report::Report report = NETFIT_TRY(load_report(options, environment));
  const std::string text = NETFIT_TRY(format->write(report, write));
  NETFIT_TRY(base::write_file(options.output, text));
  print_answer(options, report, text.size(), environment);
  return {};
}

std::string chart_names() {
  constexpr std::size_t kWidth = 68;
  std::string lines;
  std::string line;
  for (const report::ChartKind& kind : report::chart_kinds()) {
    if (line.size() + kind.name.size() > kWidth) {
      lines += line + ",\n";
      line.clear();
    }
    line += fmt::format("{}{}", line.empty() ? "" : ", ", kind.name);
  }
  return lines + line;
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("-o,--output", options->output, "the file to write: .html, .json, .csv or .svg")
      ->required()
      ->type_name("OUT");
  add_selection_flags(app, options->selection);
  app.get_option("--device")->description("this one only (default: all that the store has Runs of)");
  app.add_option("--chart", options->chart,
                 fmt::format("what an .svg shows (default accuracy-latency):\n{}", chart_names()))
      ->type_name("NAME");
  app.add_option("--training", options->trainings,
                 "instead of a store's runs: loss and accuracy over the epochs of these folders of\n"
                 "train; an .svg shows one of both (--chart loss, accuracy; default accuracy)")
      ->type_name("DIR");
  app.add_option("--title", options->title, "of the page")->type_name("TEXT")->capture_default_str();
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_report(*options, environment); };
}

}  // namespace

constinit const Command kReport{"report", "all runs of a store as a page, JSON, CSV or a chart", &set_up};

}  // namespace netfit::cli
