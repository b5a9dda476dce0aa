// SPDX-License-Identifier: Apache-2.0
#include "trial_log.h"

#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace netfit::gone_wrong {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Trial& trial) {
  Json json{{"fault", diagnose::entry(trial.truth.kind).name},
            {"network", trial.network},
            {"seed", trial.seed},
            {"done", trial.truth.done},
            {"layer", trial.truth.layer},
            {"values", trial.truth.values},
            {"sound_percent", trial.sound_percent},
            {"seen_percent", trial.seen_percent},
            {"said", diagnose::entry(trial.said).name},
            {"said_layer", trial.said_layer},
            {"place_right", trial.place_right},
            {"not_fixed", trial.not_fixed}};
  if (trial.fixed_percent) json["fixed_percent"] = *trial.fixed_percent;
  return json;
}

// Throws what the library throws on a line that is none of ours.
Trial from_json(const Json& json) {
  Trial trial{.network = json.at("network"),
              .seed = json.at("seed"),
              .truth = {.kind = diagnose::find_fault(json.at("fault").get<std::string>()).value(),
                        .layer = json.at("layer"),
                        .values = json.at("values"),
                        .done = json.at("done")},
              .sound_percent = json.at("sound_percent"),
              .seen_percent = json.at("seen_percent"),
              .said = diagnose::find_fault(json.at("said").get<std::string>()).value(),
              .said_layer = json.at("said_layer"),
              .place_right = json.at("place_right"),
              .not_fixed = json.at("not_fixed")};
  if (json.contains("fixed_percent")) trial.fixed_percent = json.at("fixed_percent").get<double>();
  return trial;
}

}  // namespace

Result<TrialLog> TrialLog::open(std::filesystem::path file, std::string settings) {
  TrialLog log;
  log.file_ = std::move(file);
  log.settings_ = std::move(settings);
  std::ifstream stream(log.file_);
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    if (stream.eof()) break;
    try {
      const Json json = Json::parse(line);
      if (json.at("settings") != log.settings_) continue;
      log.trials_.insert_or_assign(json.at("name"), from_json(json.at("trial")));
    } catch (const std::exception&) {
      return bad_input(fmt::format("{}, line {}: not a trial of this program", log.file_.string(), number));
    }
  }
  return log;
}

std::optional<Trial> TrialLog::find(const std::string& name) const {
  const auto found = trials_.find(name);
  return found == trials_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> TrialLog::add(const std::string& name, const Trial& trial) {
  trials_.insert_or_assign(name, trial);
  if (file_.empty()) return {};
  std::ofstream stream(file_, std::ios::app);
  stream << Json{{"settings", settings_}, {"name", name}, {"trial", to_json(trial)}}.dump() << std::endl;
  if (!stream) return bad_input(fmt::format("{} cannot be written", file_.string()));
  return {};
}

}  // namespace netfit::gone_wrong
