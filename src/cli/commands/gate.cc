// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "cli/answers/baseline.h"
#include "cli/answers/figures.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "cli/commands.h"
#include "cli/executors.h"
#include "cli/flags/budget_file.h"
#include "cli/flags/flags.h"
#include "cli/flags/limit_flags.h"
#include "cli/measured.h"
#include "cli/model.h"
#include "cli/version.h"
#include "device/catalog.h"
#include "eval/fill_run.h"
#include "ir/hash.h"
#include "select/constraints.h"
#include "select/pareto.h"
#include "select/words.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  std::string model;
  std::string budget;
  std::string baseline;
  std::string write_baseline;
  std::string device;
  std::string runtime;
  double tolerance = 0.0;
  DataFlags data;
  LimitFlags limits;
  int threads = 0;
  bool json = false;
};

/// One figure of the baseline beside today's.
struct Change {
  Quantity quantity = Quantity::Latency;
  double before = 0.0;
  std::optional<double> now;
  bool worse = false;
};

struct Answer {
  select::Option option;
  select::Constraints constraints;
  std::vector<select::Violation> violations;
  std::vector<Change> changes;

  bool met() const {
    return violations.empty() && std::ranges::none_of(changes, [](const Change& change) { return change.worse; });
  }
};

Result<void> add_top1(store::Run& run, const Options& options, const Model& model, const Environment& environment) {
  if (options.data.source.empty()) {
    run.unavailable.push_back({Quantity::Top1, "no --data was given"});
    return {};
  }
  const data::Dataset test = NETFIT_TRY(open_data(options.data, data::Split::Test, model.graph, environment));
  const auto chosen = NETFIT_TRY(choose_preprocessing(options.data, test, model.graph, environment));
  const auto executor = NETFIT_TRY(make_executor("fast", model, thread_count(options.threads), environment));
  run.readings.push_back(NETFIT_TRY(eval::measure_top1(*executor, model.graph, test, chosen, *environment.progress)));
  return {};
}

// What is said of the model on the device: a described one, or one that is known by measurements alone.
Result<void> add_costs(store::Run& run, const ir::Graph& graph, const Model& model, const std::string& device,
                       const std::string& runtime_name, const Environment& environment) {
  const MeasuredQuery query{.device = device, .runtime = runtime_name, .as_type = "", .calibration = ""};
  if (const auto measured = NETFIT_TRY(estimate_by_measurements(query, model, environment))) {
    for (const std::string& remark : measured->notes) note(environment, remark);
    run.device = {measured->situation.board, ""};
    run.runtime = {measured->situation.runtime, "", ""};
    eval::add_estimate(run, measured->estimate);
    return {};
  }
  const device::FoundDevice found = NETFIT_TRY(load_described_device(device, environment));
  for (const std::string& remark : found.notes) note(environment, remark);
  const device::Runtime runtime =
      NETFIT_TRY(device::load_runtime(runtime_name, found.device, environment.device_roots));
  run.device = device_ref(found.device, environment);
  run.runtime = {runtime.name, runtime.version, runtime.hash};
  const auto latency = measured_latency(graph, found.device, runtime, {}, environment);
  return eval::add_estimate(run, graph, found.device, runtime, latency);
}

// The model as one more option, with all that is known of it.
Result<select::Option> evaluate(const Options& options, const Budget& budget, const Environment& environment) {
  const Model model = NETFIT_TRY(load_model(options.model, environment));
  const ir::Graph graph = NETFIT_TRY(optimized(model));
  const std::string spec = options.device.empty() ? budget.device : options.device;
  if (spec.empty()) return bad_usage("no device is given (--device, or device = \"...\" in the budget)");
  store::Run run;
  run.candidate = {model.name, ir::canonical_hash(graph), "as given", {}};
  run.tool_version = std::string(kVersion);
  run.readings.push_back(
      Reading::exact(Quantity::FileSize, static_cast<double>(model.bytes.size()), base::Source::Measured));
  NETFIT_TRY(add_top1(run, options, model, environment));
  const std::string& runtime = options.runtime.empty() ? budget.runtime : options.runtime;
  NETFIT_TRY(add_costs(run, graph, model, spec, runtime, environment));
  return select::option_of(run);
}

// Top-1 may fall by that many points, everything else may grow by that many percent.
bool is_worse(Quantity quantity, double before, double now, double tolerance) {
  if (select::more_is_better(quantity)) return now < before - tolerance;
  return now > before * (1.0 + tolerance / 100.0);
}

Result<std::vector<Change>> compare(const select::Option& option, const Options& options,
                                    const Environment& environment) {
  std::vector<Change> changes;
  if (options.baseline.empty()) return changes;
  const Baseline baseline = NETFIT_TRY(load_baseline(options.baseline));
  if (baseline.device != option.device || baseline.runtime != option.runtime) {
    return bad_input(fmt::format("{} is of {} with {}, not of {} with {}", options.baseline,
                                 base::printable(baseline.device), base::printable(baseline.runtime), option.device,
                                 option.runtime));
  }
  for (const auto& [quantity, before] : baseline.figures) {
    Change change{.quantity = quantity, .before = before};
    if (const Reading* reading = option.find(quantity)) {
      change.now = reading->value;
      change.worse = is_worse(quantity, before, reading->value, options.tolerance);
    } else {
      note(environment,
           fmt::format("{} is not compared: {}", select::in_words(quantity), option.why_missing(quantity)));
    }
    changes.push_back(change);
  }
  return changes;
}

Json answer_json(const Answer& answer, const Options& options) {
  Json json{{"met", answer.met()},
            {"device", answer.option.device},
            {"runtime", answer.option.runtime},
            {"figures", option_json(answer.option)},
            {"limits", Json::array()},
            {"changes", Json::array()}};
  for (const select::Limit& limit : select::all_limits(answer.constraints)) {
    const auto broken = std::ranges::find(answer.violations, limit.limited, &select::Violation::limited);
    const auto figure = select::figure_of(answer.option, limit.limited, answer.constraints);
    Json row{{"limit", select::name(limit.limited)}, {"allowed", limit.allowed}};
    row["figure"] = figure ? Json(select::judged(*figure, limit.limited, answer.constraints.judge)) : Json(nullptr);
    row["met"] = broken == answer.violations.end();
    json["limits"].push_back(std::move(row));
  }
  for (const Change& change : answer.changes) {
    json["changes"].push_back({{"figure", json_name(change.quantity)},
                               {"baseline", change.before},
                               {"now", change.now ? Json(*change.now) : Json(nullptr)},
                               {"met", !change.worse}});
  }
  if (!options.baseline.empty()) json["tolerance"] = options.tolerance;
  return json;
}

std::string change_text(const Change& change) {
  if (!change.now) return "";
  if (select::more_is_better(change.quantity)) return fmt::format("{:+.2f} points", *change.now - change.before);
  if (change.before == 0.0) return *change.now == 0.0 ? "+0.0 %" : "from 0";
  return fmt::format("{:+.1f} %", 100.0 * (*change.now / change.before - 1.0));
}

void print_limits(const Answer& answer, const Environment& environment) {
  Table table({{"limit"}, {"figure", Align::Right}, {"allowed", Align::Right}, {"verdict"}});
  for (const select::Limit& limit : select::all_limits(answer.constraints)) {
    const auto figure = select::figure_of(answer.option, limit.limited, answer.constraints);
    const auto broken = std::ranges::find(answer.violations, limit.limited, &select::Violation::limited);
    const double given = figure ? select::judged(*figure, limit.limited, answer.constraints.judge) : 0.0;
    table.add({std::string(select::in_words(limit.limited)), figure ? select::in_words(limit.limited, given) : "n/a",
               select::in_words(limit.limited, limit.allowed),
               broken == answer.violations.end() ? "met" : "not met: " + broken->reason});
  }
  fmt::print(environment.out, "{}", table.text());
}

void print_changes(const Answer& answer, const Environment& environment) {
  Table table({{"figure"}, {"baseline", Align::Right}, {"now", Align::Right}, {"change", Align::Right}, {"verdict"}});
  for (const Change& change : answer.changes) {
    table.add({std::string(select::in_words(change.quantity)), select::in_words(change.quantity, change.before),
               change.now ? select::in_words(change.quantity, *change.now) : "n/a", change_text(change),
               !change.now    ? "not compared"
               : change.worse ? "worse"
                              : "met"});
  }
  fmt::print(environment.out, "{}", table.text());
}

void print_text(const Answer& answer, const Environment& environment) {
  fmt::print(environment.out, "{} on {} with {}\n\n{}", base::printable(answer.option.model),
             base::printable(answer.option.device), base::printable(answer.option.runtime),
             figures_table(answer.option));
  if (!select::all_limits(answer.constraints).empty()) {
    fmt::print(environment.out, "\n");
    print_limits(answer, environment);
  }
  if (!answer.changes.empty()) {
    fmt::print(environment.out, "\n");
    print_changes(answer, environment);
  }
}

std::string failures_of(const Answer& answer) {
  std::vector<std::string> what;
  for (const select::Violation& violation : answer.violations) {
    what.push_back(fmt::format("{}: {}", select::in_words(violation.limited), violation.reason));
  }
  for (const Change& change : answer.changes) {
    if (!change.worse) continue;
    what.push_back(fmt::format("{}: {} in the baseline, now {}", select::in_words(change.quantity),
                               select::in_words(change.quantity, change.before),
                               select::in_words(change.quantity, *change.now)));
  }
  return base::join(what, "; ");
}

Result<void> run_gate(const Options& options, const Environment& environment) {
  const Budget budget = NETFIT_TRY(load_budget(options.budget));
  Wishes wishes = budget.wishes;
  wishes.add(wishes_of(options.limits, {}));
  Answer answer{.constraints = NETFIT_TRY(request_of(wishes)).constraints};
  const bool compares = !options.baseline.empty() || !options.write_baseline.empty();
  if (answer.constraints.limits.empty() && !compares) {
    return bad_usage("nothing to hold the model against (--budget, --baseline, --write-baseline or a limit)");
  }
  answer.option = NETFIT_TRY(evaluate(options, budget, environment));
  answer.violations = select::violations_of(answer.option, answer.constraints);
  answer.changes = NETFIT_TRY(compare(answer.option, options, environment));
  if (options.json) {
    print_json(answer_json(answer, options), environment);
  } else {
    print_text(answer, environment);
  }
  if (!options.write_baseline.empty()) {
    NETFIT_TRY(base::write_file(options.write_baseline, write_baseline(answer.option)));
  }
  if (answer.met()) return {};
  return fail(Error(ErrorKind::CheckFailed, fmt::format("the gate is not met: {}", failures_of(answer))));
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("model", options->model, "an .onnx or .tflite file")->required()->type_name("MODEL");
  app.add_option("--budget", options->budget, "limits in a .toml file: max_flash = \"600KiB\", device = \"...\"")
      ->type_name("FILE");
  app.add_option("--baseline", options->baseline, "no figure may be worse than in this file")->type_name("FILE");
  app.add_option("--write-baseline", options->write_baseline, "writes the figures down for a later --baseline")
      ->type_name("FILE");
  app.add_option("--tolerance", options->tolerance, "how much worse than the baseline is allowed (top-1: points)")
      ->check(CLI::Range(0.0, 1000.0))
      ->type_name("PERCENT")
      ->default_str("0");
  app.add_option("--device", options->device,
                 "a name, an alias, a .toml file or a board of the tables of\n"
                 "measurements (default: the budget's)")
      ->type_name("DEVICE");
  app.add_option("--runtime", options->runtime, "default: the budget's, else the device's own")->type_name("NAME");
  add_limit_flags(app, options->limits);
  add_data_flags(app, options->data);
  app.get_option("--data")->required(false);
  add_threads_flag(app, options->threads);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_gate(*options, environment); };
}

}  // namespace

constinit const Command kGate{"gate", "fails when a model exceeds limits or a baseline, for CI", &set_up};

}  // namespace netfit::cli
