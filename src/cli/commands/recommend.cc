// SPDX-License-Identifier: Apache-2.0
#include "select/recommend.h"

#include <array>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/text.h"
#include "cli/answers/figures.h"
#include "cli/answers/print_json.h"
#include "cli/commands.h"
#include "cli/flags/flags.h"
#include "cli/flags/selection.h"
#include "select/tree.h"
#include "select/words.h"

namespace netfit::cli {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array kRankedBy{Quantity::Top1, Quantity::Latency, Quantity::PeakRam, Quantity::Flash, Quantity::Energy};

struct Options {
  SelectionFlags selection;
  std::string output;
  bool tree = false;
  bool json = false;
};

Json violation_json(const select::Violation& violation) {
  Json json{{"limit", select::name(violation.limited)}, {"allowed", violation.allowed}};
  json["best"] = violation.best ? Json(*violation.best) : Json(nullptr);
  json["shortfall"] = violation.shortfall ? Json(*violation.shortfall) : Json(nullptr);
  json["reason"] = violation.reason;
  return json;
}

Json violations_json(const std::vector<select::Violation>& violations) {
  Json list = Json::array();
  for (const select::Violation& violation : violations) list.push_back(violation_json(violation));
  return list;
}

Json optional_json(const std::optional<double>& number) { return number ? Json(*number) : Json(nullptr); }

Json answer_json(const Selection& selection, const select::Recommendation& answer) {
  Json json{{"feasible", answer.feasible},
            {"device", selection.runs.device},
            {"request", request_json(selection.request)},
            {"considered", selection.runs.options.size()}};
  json["choice"] = answer.choice ? option_json(*answer.choice) : Json(nullptr);
  if (answer.choice) json["choice"]["file"] = answer.choice->file;
  json["ranked"] = Json::array();
  for (const select::Option& option : answer.ranked) json["ranked"].push_back(option_json(option));
  json["reasons"] = answer.reasons;
  if (answer.baseline) {
    const select::Baseline& baseline = *answer.baseline;
    json["baseline"] = {{"label", baseline.option.label},
                        {"speedup", optional_json(baseline.speedup)},
                        {"ram_ratio", optional_json(baseline.ram_ratio)},
                        {"flash_ratio", optional_json(baseline.flash_ratio)},
                        {"energy_ratio", optional_json(baseline.energy_ratio)},
                        {"top1_points", optional_json(baseline.top1_points)}};
  }
  json["violations"] = violations_json(answer.violations);
  if (answer.nearest) {
    json["nearest"] = option_json(answer.nearest->option);
    json["nearest"]["violations"] = violations_json(answer.nearest->violations);
  }
  if (answer.cheapest) {
    json["cheapest_relaxation"] = {{"limit", select::name(answer.cheapest->limited)},
                                   {"allowed", answer.cheapest->allowed},
                                   {"needed", answer.cheapest->needed},
                                   {"admits", answer.cheapest->admits.label}};
  }
  return json;
}

// The file that goes onto the device, where explore has put it.
fs::path file_of(const Selection& selection, const select::Option& choice) {
  return files_folder(selection.store) / choice.file;
}

void print_choice(const Selection& selection, const select::Option& choice, const Environment& environment) {
  fmt::print(environment.out, "recommended for {}: {} on {}\n", base::printable(selection.runs.device),
             base::printable(choice.label), base::printable(choice.runtime));
  const fs::path file = file_of(selection, choice);
  std::error_code ignored;
  fmt::print(environment.out, "file {}{}\n\n", base::printable(file.string()),
             fs::exists(file, ignored) ? "" : " (no longer there; netfit explore makes it again)");
  fmt::print(environment.out, "{}\n", figures_table(choice));
}

void print_text(const Selection& selection, const select::Recommendation& answer, const Environment& environment) {
  if (answer.choice) {
    print_choice(selection, *answer.choice, environment);
  } else {
    fmt::print(environment.out, "nothing fits on {}\n", base::printable(selection.runs.device));
  }
  fmt::print(environment.out, "{}", wrapped("asked for: " + request_text(selection.request), 2));
  fmt::print(environment.out, "reasons:\n");
  for (const std::string& reason : answer.reasons) fmt::print(environment.out, "{}", wrapped("- " + reason, 2));
  if (answer.nearest) {
    fmt::print(environment.out, "\nnearest: {}\n{}", base::printable(answer.nearest->option.label),
               figures_table(answer.nearest->option));
  }
  if (answer.ranked.size() > 1) {
    fmt::print(environment.out, "\nall that fit, best first:\n{}", options_table(answer.ranked, kRankedBy));
  }
}

Result<void> copy_choice(const Selection& selection, const select::Option& choice, const std::string& output) {
  const base::Bytes bytes = NETFIT_TRY(with_context(base::read_file(file_of(selection, choice)),
                                                    "while copying the recommended file; netfit explore makes it"));
  return base::write_file(output, bytes);
}

std::string violated(const select::Recommendation& answer) {
  std::vector<std::string> limits;
  for (const select::Violation& violation : answer.violations) {
    limits.push_back(fmt::format("{}: {}", select::in_words(violation.limited), violation.reason));
  }
  return base::join(limits, "; ");
}

Result<void> run_recommend(const Options& options, const Environment& environment) {
  const Selection selection = NETFIT_TRY(open_selection(options.selection, environment));
  const select::Recommendation answer = NETFIT_TRY(select::recommend(selection.runs.options, selection.request));
  Json json = answer_json(selection, answer);
  std::string tree;
  if (options.tree) {
    const select::DecisionTree grown = NETFIT_TRY(select::decision_tree(selection.runs.options, selection.request));
    tree = select::print(grown);
    json["tree"] = base::split(base::trim(tree), '\n');
  }
  if (options.json) {
    print_json(json, environment);
  } else {
    print_text(selection, answer, environment);
    if (options.tree) fmt::print(environment.out, "\nwhich limits lead to which choice:\n{}", tree);
  }
  if (!answer.feasible) return fail(Error(ErrorKind::CheckFailed, fmt::format("nothing fits: {}", violated(answer))));
  if (options.output.empty()) return {};
  return copy_choice(selection, *answer.choice, options.output);
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  add_selection_flags(app, options->selection);
  app.add_option("-o,--output", options->output, "where the recommended file is copied to")->type_name("OUT");
  app.add_flag("--tree", options->tree, "also shows which limits lead to which choice");
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_recommend(*options, environment); };
}

}  // namespace

constinit const Command kRecommend{"recommend", "the best of the explored Runs that fits, and why", &set_up};

}  // namespace netfit::cli
