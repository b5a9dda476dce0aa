// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "calib/adapt_board.h"
#include "cli/answers/host_answer.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/check_writable.h"
#include "cli/commands.h"
#include "cli/flags/flags.h"
#include "cli/host/calibrate_host.h"
#include "cli/measurements.h"
#include "select/parse_limit.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string device;
  std::string measurements;
  std::string models;
  std::string output;
  bool host = false;
  std::string budget = "10m";
  std::string save_measurements;
  bool json = false;
};

Json score_json(const std::vector<calib::Judged>& judged) {
  if (judged.empty()) return nullptr;
  const calib::Score score = calib::score(judged);
  return {{"rows", score.rows}, {"median_error", score.median_error}, {"median_factor", score.median_factor}};
}

Json rows_json(const calib::BoardCalibration& board) {
  Json rows = Json::array();
  for (std::size_t i = 0; i < board.before.size(); ++i) {
    const calib::Judged& before = board.before[i];
    Json row{{"row", before.observation->row.row},
             {"model_id", before.observation->row.model_id},
             {"measured_ms", before.measured},
             {"before_ms", before.prediction.value}};
    row["after_ms"] = board.after.empty() ? Json(nullptr) : Json(board.after[i].prediction.value);
    rows.push_back(std::move(row));
  }
  return rows;
}

void print_text(const calib::BoardCalibration& board, const std::string& output, std::FILE* out) {
  Table table({{"model"}, {"measured, ms", Align::Right}, {"before", Align::Right}, {"after, unseen", Align::Right}});
  for (std::size_t i = 0; i < board.before.size(); ++i) {
    const calib::Judged& before = board.before[i];
    table.add({base::printable(before.observation->row.model_id), fmt::format("{:.4g}", before.measured),
               fmt::format("{:.4g}", before.prediction.value),
               board.after.empty() ? "-" : fmt::format("{:.4g}", board.after[i].prediction.value)});
  }
  const calib::Score before = calib::score(board.before);
  fmt::print(out, "{}\nbefore: median error {:.1f} %, 90 % intervals a factor of {:.2f} wide to each side\n",
             table.text(), 100 * before.median_error, before.median_factor);
  if (board.after.empty()) {
    fmt::print(out, "after:  told by a second row\n");
  } else {
    const calib::Score after = calib::score(board.after);
    fmt::print(out, "after:  median error {:.1f} %, factor {:.2f}; each row by a calibration to the others\n",
               100 * after.median_error, after.median_factor);
  }
  fmt::print(out, "measure next, most telling first:\n");
  for (const std::string& model : board.next) fmt::print(out, "  {}\n", model);
  fmt::print(out, "written to {}; use it with netfit estimate --calibration\n", output);
}

Result<void> run_host(const Options& options, const Environment& environment) {
  const std::string output = options.output.empty() ? "host.calibration.csv" : options.output;
  NETFIT_TRY(check_writable(output));
  if (!options.save_measurements.empty()) NETFIT_TRY(check_writable(options.save_measurements));
  const select::Limit budget = NETFIT_TRY(select::parse_limit(select::Limited::Latency, options.budget, "--budget"));
  const HostCalibration host = NETFIT_TRY(calibrate_host({.budget_seconds = budget.allowed / 1e3}, environment));
  NETFIT_TRY(base::write_file(output, calib::write_calibration(host.own)));
  if (!options.save_measurements.empty()) {
    NETFIT_TRY(base::write_file(options.save_measurements, measurements_csv(host.rows)));
  }
  if (options.json) {
    print_json(host_json(host, output), environment);
  } else {
    print_host(host, output, environment.out);
  }
  return {};
}

Result<void> check_flags(const Options& options) {
  if (options.host) return {};
  if (options.device.empty()) return bad_usage("--device is missing (or --host)");
  if (options.measurements.empty()) return bad_usage("--measurements is missing");
  return {};
}

Result<void> run_calibrate(const Options& options, const Environment& environment) {
  NETFIT_TRY(check_flags(options));
  if (options.host) return run_host(options, environment);
  const std::string output = options.output.empty() ? options.device + ".calibration.csv" : options.output;
  NETFIT_TRY(check_writable(output));
  const calib::Calibration shipped = NETFIT_TRY(load_calibration(environment));
  const calib::Observations read = NETFIT_TRY(load_observations(options.measurements, options.models, environment));
  std::vector<calib::Observation> rows;
  for (const calib::Observation& row : read.rows) {
    if (row.row.device_id == options.device || row.row.device_id.starts_with(options.device + "/")) rows.push_back(row);
  }
  for (const calib::SkippedRow& row : read.skipped) {
    note(environment, fmt::format("line {} is skipped: {}", row.row, base::printable(row.reason)));
  }
  if (rows.empty()) {
    return bad_input(fmt::format("{}: no row of device '{}' can be used ({} rows of others, {} skipped)",
                                 options.measurements, base::printable(options.device), read.rows.size(),
                                 read.skipped.size()));
  }
  calib::ModelSource models = NETFIT_TRY(open_models(options.models, environment));
  const calib::BoardCalibration board =
      NETFIT_TRY(located(calib::adapt_board(rows, shipped, models), options.measurements));
  NETFIT_TRY(base::write_file(output, calib::write_calibration(board.own)));
  if (options.json) {
    print_json({{"device", rows.front().row.device_id},
                {"before", score_json(board.before)},
                {"after", score_json(board.after)},
                {"rows", rows_json(board)},
                {"measure_next", board.next},
                {"output", output}},
               environment);
  } else {
    print_text(board, output, environment.out);
  }
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::Option* device =
      app.add_option("--device", options->device, "the device_id of the rows to use, or its part before the '/'")
          ->type_name("NAME");
  CLI::Option* measurements = app.add_option("--measurements", options->measurements,
                                             "a CSV with device_id (board/core@MHz), runtime, threads, model_id,\n"
                                             "precision, latency_ms; one row helps, five help a lot")
                                  ->type_name("CSV");
  CLI::Option* host = app.add_flag("--host", options->host,
                                   "measures small networks in LiteRT on this computer, one thread, float32\n"
                                   "and int8, and calibrates device 'host' with them")
                          ->excludes(device)
                          ->excludes(measurements);
  app.add_option("--budget", options->budget, "time for --host; 400 networks at most")
      ->type_name("TIME")
      ->capture_default_str()
      ->needs(host);
  app.add_option("--save-measurements", options->save_measurements, "what --host measured, as a table")
      ->type_name("CSV")
      ->needs(host);
  app.add_option("--models", options->models, "folder with ncnn/ and mlperf_tiny/ (default: the shipped one)")
      ->type_name("DIR");
  app.add_option("-o,--output", options->output, "what the device deviates by (default: NAME.calibration.csv)")
      ->type_name("CSV");
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_calibrate(*options, environment); };
}

}  // namespace

constinit const Command kCalibrate{"calibrate", "fits latency predictions to your own measurements of a device",
                                   &set_up};

}  // namespace netfit::cli
