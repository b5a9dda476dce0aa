// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/explore_answer.h"

#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/figures.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "select/option.h"
#include "select/words.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string_view name(Origin origin) {
  switch (origin) {
    case Origin::Stored:
      return "stored";
    case Origin::Evaluated:
      return "evaluated";
    case Origin::Planned:
      break;
  }
  return "planned";
}

void print_object(const ExploreAnswer& answer, const Environment& environment) {
  const Explored& explored = answer.explored;
  Json runs = Json::array();
  for (const ExploredRun& run : explored.runs) {
    Json json = option_json(select::option_of(run.run));
    json["file"] = run.run.file.name;
    json["status"] = name(run.origin);
    runs.push_back(std::move(json));
  }
  print_json({{"store", answer.store.string()},
              {"files", answer.files.string()},
              {"evaluated", explored.count(Origin::Evaluated)},
              {"stored", explored.count(Origin::Stored)},
              {"planned", explored.count(Origin::Planned)},
              {"files_built", explored.files_built},
              {"files_evaluated", explored.files_evaluated},
              {"runs", std::move(runs)}},
             environment);
}

std::string latency_interval(const select::Option& option) {
  const Reading* reading = option.find(Quantity::Latency);
  if (reading == nullptr) return "";
  return fmt::format("{} to {}", select::in_words(Quantity::Latency, reading->low),
                     select::in_words(Quantity::Latency, reading->high));
}

void print_table(const ExploreAnswer& answer, const Environment& environment) {
  Table table({{"model"},
               {"scheme"},
               {"device"},
               {"top-1", Align::Right},
               {"latency", Align::Right},
               {"90 % interval", Align::Right},
               {"peak RAM", Align::Right},
               {"flash", Align::Right},
               {"status"}});
  std::vector<select::Option> options;
  for (const ExploredRun& run : answer.explored.runs) {
    const select::Option option = select::option_of(run.run);
    const bool known = run.origin != Origin::Planned;
    const auto cell = [&](Quantity quantity) { return known ? value_text(option, quantity) : ""; };
    table.add({option.model, option.scheme, option.device, cell(Quantity::Top1), cell(Quantity::Latency),
               known ? latency_interval(option) : "", cell(Quantity::PeakRam), cell(Quantity::Flash),
               std::string(name(run.origin))});
    if (known) options.push_back(option);
  }
  fmt::print(environment.out, "{}", table.text());
  constexpr std::array kShown{Quantity::Top1, Quantity::Latency, Quantity::PeakRam, Quantity::Flash};
  const std::string sources = sources_line(options, kShown);
  if (!sources.empty()) fmt::print(environment.out, "{}", wrapped(sources, 2));
}

}  // namespace

void print_explored(const ExploreAnswer& answer, bool json, const Environment& environment) {
  if (json) return print_object(answer, environment);
  const Explored& explored = answer.explored;
  print_table(answer, environment);
  std::string counts = fmt::format("{} Runs: {} evaluated, {} were there already", explored.runs.size(),
                                   explored.count(Origin::Evaluated), explored.count(Origin::Stored));
  if (explored.count(Origin::Planned) > 0) counts += fmt::format(", {} to do", explored.count(Origin::Planned));
  fmt::print(environment.out, "\n{}\n", counts);
  fmt::print(environment.out, "store {}, files in {}\n", answer.store.string(), answer.files.string());
}

}  // namespace netfit::cli
