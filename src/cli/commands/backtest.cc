// SPDX-License-Identifier: Apache-2.0
#include "calib/backtest.h"

#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "cli/answers/backtest_answer.h"
#include "cli/answers/print_json.h"
#include "cli/check_writable.h"
#include "cli/commands.h"
#include "cli/flags/flags.h"
#include "cli/measurements.h"

namespace netfit::cli {
namespace {

const std::map<std::string, calib::Hidden> kHidden{
    {"model", calib::Hidden::Model}, {"device", calib::Hidden::Device}, {"core", calib::Hidden::Core}};
constexpr const char* kCell = "cell";

struct Options {
  std::vector<std::string> by{"model"};
  std::string measurements;
  std::string models;
  std::string page;
  std::string coefficients;
  std::vector<int> rows{0};
  int worst = 10;
  int threads = 0;
  bool json = false;
};

void append(BacktestPart& part, const std::vector<calib::Judged>& more) {
  part.judged.insert(part.judged.end(), more.begin(), more.end());
}

// The figures of a table by coefficients as they are.
Result<BacktestAnswer> judge_table(const Options& options, calib::Observations& observations,
                                   const Environment& environment) {
  observations = NETFIT_TRY(load_observations(options.measurements, options.models, environment));
  const calib::Calibration calibration = NETFIT_TRY(load_calibration(environment));
  BacktestAnswer answer{.parts = {}, .skipped = observations.skipped, .worst = options.worst};
  answer.parts.push_back({"nothing", 0, calib::judge(observations.rows, calibration)});
  append(answer.parts.back(), calib::judge_memory(observations.rows, calibration, answer.skipped));
  return answer;
}

Result<std::vector<calib::CellScore>> judge_cells(const Environment& environment) {
  const std::filesystem::path path = NETFIT_TRY(find_measurements("nasbench201.csv", environment));
  const base::Bytes table = NETFIT_TRY(base::read_file(path));
  const calib::Calibration known = NETFIT_TRY(load_calibration(environment));
  return calib::backtest_cells({reinterpret_cast<const char*>(table.data()), table.size()}, known, {},
                               *environment.progress);
}

Result<BacktestAnswer> fit_folds(const Options& options, calib::Observations& observations,
                                 const Environment& environment) {
  observations = calib::merge_duplicates(NETFIT_TRY(load_observations("", options.models, environment)));
  BacktestAnswer answer{.parts = {}, .skipped = observations.skipped, .worst = options.worst};
  calib::BacktestOptions wanted{.populations = {}, .threads = thread_count(options.threads)};
  for (int i = 0; i < calib::kPopulationCount; ++i) wanted.populations.push_back(static_cast<calib::Population>(i));
  for (const std::string& by : options.by) {
    if (by == kCell) {
      answer.cells = NETFIT_TRY(judge_cells(environment));
      continue;
    }
    wanted.hidden = kHidden.at(by);
    if (wanted.hidden == calib::Hidden::Model) {
      wanted.rows = 0;
      answer.parts.push_back({by, 0, NETFIT_TRY(calib::backtest(observations.rows, wanted, *environment.progress))});
      append(answer.parts.back(), calib::judge_memory(observations.rows, answer.skipped));
      continue;
    }
    for (const int rows : options.rows) {
      wanted.rows = rows;
      answer.parts.push_back({by, rows, NETFIT_TRY(calib::backtest(observations.rows, wanted, *environment.progress))});
    }
  }
  return answer;
}

Result<void> save_coefficients(const Options& options, const Environment& environment) {
  NETFIT_TRY(check_writable(options.coefficients));
  const calib::Observations observations =
      calib::merge_duplicates(NETFIT_TRY(load_observations("", options.models, environment)));
  const calib::Calibration calibration =
      NETFIT_TRY(calib::calibrate_all(observations.rows, thread_count(options.threads), *environment.progress));
  return base::write_file(options.coefficients, calib::write_calibration(calibration));
}

Result<void> run_backtest(const Options& options, const Environment& environment) {
  if (!options.coefficients.empty()) return save_coefficients(options, environment);
  if (!options.page.empty()) NETFIT_TRY(check_writable(options.page));
  calib::Observations observations;
  const BacktestAnswer answer = options.measurements.empty()
                                    ? NETFIT_TRY(fit_folds(options, observations, environment))
                                    : NETFIT_TRY(judge_table(options, observations, environment));
  if (!options.page.empty()) NETFIT_TRY(base::write_file(options.page, backtest_page(answer)));
  if (options.json) {
    print_json(backtest_json(answer), environment);
  } else {
    fmt::print(environment.out, "{}", backtest_text(answer));
  }
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::Option* by = app.add_option("--by", options->by,
                                   "what each fit leaves out of what it predicts: model, device,\ncore; or cell: "
                                   "NAS-Bench-201 by 50 of its cells")
                        ->check(CLI::IsMember({"model", "device", "core", kCell}))
                        ->type_name("WHAT")
                        ->capture_default_str();
  CLI::Option* measurements = app.add_option("--measurements", options->measurements,
                                             "a CSV of measurements, judged by the shipped coefficients:\n"
                                             "nothing is fitted, and every row gets its answer")
                                  ->type_name("CSV")
                                  ->excludes(by);
  app.add_option("--models", options->models, "folder with ncnn/ and mlperf_tiny/ (default: the shipped one)")
      ->type_name("DIR");
  app.add_option("-o,--output", options->page, "writes the tables to a page, too")->type_name("FILE.md");
  app.add_option("--fit-all", options->coefficients,
                 "fits to all published rows instead, and writes the\n"
                 "coefficients with the widths that the backtests give")
      ->type_name("CSV")
      ->excludes(by)
      ->excludes(measurements);
  app.add_option("--rows", options->rows,
                 "rows of each configuration of a hidden device or core that\nits coefficients are adapted to: those "
                 "to measure first")
      ->check(CLI::Range(0, 20))
      ->type_name("N")
      ->capture_default_str();
  app.add_option("--worst", options->worst, "rows to show, worst first")
      ->check(CLI::Range(0, 10000))
      ->capture_default_str();
  add_threads_flag(app, options->threads);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_backtest(*options, environment); };
}

}  // namespace

constinit const Command kBacktest{"backtest", "predicted against published latencies, by fits that have not seen them",
                                  &set_up};

}  // namespace netfit::cli
