// SPDX-License-Identifier: Apache-2.0
#include "select/whatif.h"

#include <array>
#include <map>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/figures.h"
#include "cli/answers/print_json.h"
#include "cli/commands.h"
#include "cli/flags/choice.h"
#include "cli/flags/flags.h"
#include "cli/flags/selection.h"
#include "select/words.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;
using select::Limited;

const std::map<std::string, Limited> kVaried{{"energy", Limited::Energy}, {"file-size", Limited::FileSize},
                                             {"flash", Limited::Flash},   {"latency", Limited::Latency},
                                             {"power", Limited::Power},   {"ram", Limited::PeakRam},
                                             {"top1", Limited::Top1}};

struct Options {
  SelectionFlags selection;
  Limited varied = Limited::PeakRam;
  bool json = false;
};

Json answer_json(const Selection& selection, const select::WhatIf& answer) {
  Json json{{"device", selection.runs.device},
            {"varied", select::name(answer.varied)},
            {"request", request_json(selection.request)},
            {"steps", Json::array()}};
  for (const select::Step& step : answer.steps) {
    Json choice = option_json(step.choice);
    json["steps"].push_back({{"from", step.allowed}, {"choice", std::move(choice)}, {"buys", step.buys}});
  }
  json["current"] = answer.current ? Json(*answer.current) : Json(nullptr);
  json["to_next"] = answer.to_next ? Json(*answer.to_next) : Json(nullptr);
  return json;
}

Result<void> run_whatif(const Options& options, const Environment& environment) {
  const Selection selection = NETFIT_TRY(open_selection(options.selection, environment));
  const select::WhatIf answer = NETFIT_TRY(select::what_if(selection.runs.options, selection.request, options.varied));
  if (options.json) {
    print_json(answer_json(selection, answer), environment);
    return {};
  }
  fmt::print(environment.out, "{}: what a limit on {} buys\n", base::printable(selection.runs.device),
             select::in_words(options.varied));
  fmt::print(environment.out, "{}", wrapped("asked for: " + request_text(selection.request), 2));
  for (const std::string& line : select::describe(answer, selection.request)) {
    fmt::print(environment.out, "{}", wrapped("- " + line, 2));
  }
  return {};
}

Action set_up(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("--vary", options->varied, "the limit to vary: ram, flash, file-size, latency, energy, power, top1")
      ->required()
      ->transform(one_of(kVaried))
      ->type_name("NAME");
  add_selection_flags(app, options->selection);
  add_json_flag(app, options->json);
  return [options](const Environment& environment) { return run_whatif(*options, environment); };
}

}  // namespace

constinit const Command kWhatif{"whatif", "what a looser or stricter limit would change", &set_up};

}  // namespace netfit::cli
