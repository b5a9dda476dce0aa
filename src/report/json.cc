// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "report/formats.h"

namespace netfit::report {
namespace {

using Json = nlohmann::ordered_json;

Json settings(const std::vector<store::Setting>& settings) {
  Json list = Json::array();
  for (const store::Setting& setting : settings) list.push_back({{"name", setting.name}, {"value", setting.value}});
  return list;
}

Json optional(const std::optional<double>& number) { return number ? Json(*number) : Json(nullptr); }

Json layers(const std::vector<store::LayerFigures>& layers) {
  Json list = Json::array();
  for (const store::LayerFigures& layer : layers) {
    list.push_back({{"name", layer.name},
                    {"op", layer.op},
                    {"macs", layer.macs},
                    {"latency_ms", layer.latency_ms},
                    {"energy_mj", layer.energy_mj},
                    {"bound", layer.bound},
                    {"utilisation", layer.utilisation},
                    {"live_bytes", layer.live_bytes}});
  }
  return list;
}

Json readings(const select::Option& option) {
  Json object = Json::object();
  for (const auto& [quantity, reading] : option.readings) {
    object[std::string(base::name(quantity))] = {{"value", reading.value},
                                                 {"low", reading.low},
                                                 {"high", reading.high},
                                                 {"unit", base::unit_of(quantity)},
                                                 {"source", base::name(reading.source)},
                                                 {"note", reading.note}};
  }
  return object;
}

Json unavailable(const select::Option& option) {
  Json object = Json::object();
  for (const auto& [quantity, reason] : option.missing) object[std::string(base::name(quantity))] = reason;
  return object;
}

Json run(const Entry& entry) {
  const store::Run& run = entry.run;
  return {{"key", entry.option.key},
          {"name", entry.name},
          {"model", run.candidate.model},
          {"graph", run.candidate.graph},
          {"scheme", run.candidate.scheme},
          {"recipe", settings(run.candidate.recipe)},
          {"data", {{"name", run.data.name}, {"split", run.data.split}, {"count", run.data.count}}},
          {"runtime", {{"name", run.runtime.name}, {"version", run.runtime.version}}},
          {"threads", run.threads},
          {"options", settings(run.options)},
          {"seed", run.seed},
          {"tool_version", run.tool_version},
          {"file", {{"name", run.file.name}, {"bytes", run.file.bytes}}},
          {"readings", readings(entry.option)},
          {"unavailable", unavailable(entry.option)},
          {"lacks", entry.lacks},
          {"layers", layers(run.layers)}};
}

Json request(const select::Request& request) {
  Json limits = Json::array();
  for (const select::Limit& limit : select::all_limits(request.constraints)) {
    limits.push_back({{"limit", select::name(limit.limited)}, {"allowed", limit.allowed}});
  }
  Json objectives = Json::array();
  for (const select::Objective objective : request.ranking.objectives) objectives.push_back(select::name(objective));
  const bool bad_end = request.constraints.judge == select::Judge::BadEnd;
  return {{"objectives", objectives},
          {"limits", limits},
          {"rate_per_s", optional(request.constraints.rate_per_s)},
          {"judged_by", bad_end ? "bad end of the interval" : "value"}};
}

Json violations(const std::vector<select::Violation>& violations) {
  Json list = Json::array();
  for (const select::Violation& violation : violations) {
    list.push_back({{"limit", select::name(violation.limited)},
                    {"allowed", violation.allowed},
                    {"best", optional(violation.best)},
                    {"shortfall", optional(violation.shortfall)},
                    {"reason", violation.reason}});
  }
  return list;
}

Json baseline(const select::Baseline& baseline) {
  return {{"key", baseline.option.key},
          {"speedup", optional(baseline.speedup)},
          {"ram_ratio", optional(baseline.ram_ratio)},
          {"flash_ratio", optional(baseline.flash_ratio)},
          {"energy_ratio", optional(baseline.energy_ratio)},
          {"top1_points", optional(baseline.top1_points)}};
}

Json recommendation(const select::Recommendation& answer) {
  Json ranked = Json::array();
  for (const select::Option& option : answer.ranked) ranked.push_back(option.key);
  Json json{{"feasible", answer.feasible},
            {"choice", answer.choice ? Json(answer.choice->key) : Json(nullptr)},
            {"ranked", ranked},
            {"reasons", answer.reasons},
            {"baseline", answer.baseline ? baseline(*answer.baseline) : Json(nullptr)},
            {"violations", violations(answer.violations)},
            {"nearest", nullptr},
            {"cheapest", nullptr}};
  if (answer.nearest) {
    json["nearest"] = {{"key", answer.nearest->option.key},
                       {"excess", answer.nearest->excess},
                       {"violations", violations(answer.nearest->violations)}};
  }
  if (answer.cheapest) {
    json["cheapest"] = {{"limit", select::name(answer.cheapest->limited)},
                        {"allowed", answer.cheapest->allowed},
                        {"needed", answer.cheapest->needed},
                        {"admits", answer.cheapest->admits.key}};
  }
  return json;
}

Json fronts(const DevicePart& part) {
  Json list = Json::array();
  for (const FrontPart& front : part.fronts) {
    Json objectives = Json::array();
    for (const Quantity quantity : front.objectives) objectives.push_back(base::name(quantity));
    Json members = Json::array();
    for (const std::size_t place : front.members) members.push_back(part.entries[place].option.key);
    Json excluded = Json::array();
    for (const select::Excluded& out : front.excluded) {
      excluded.push_back({{"key", part.entries[out.option].option.key}, {"reason", out.reason}});
    }
    list.push_back({{"objectives", objectives}, {"members", members}, {"excluded", excluded}});
  }
  return list;
}

}  // namespace

Result<std::string> write_json(const Report& report, const WriteOptions& /*options*/) {
  Json json{{"schema", kSchemaVersion},  {"title", report.title},    {"tool_version", report.tool_version},
            {"created", report.created}, {"devices", Json::array()}, {"methods", Json::array()}};
  for (const DevicePart& part : report.devices) {
    Json runs = Json::array();
    for (const Entry& entry : part.entries) runs.push_back(run(entry));
    json["devices"].push_back({{"device", part.device},
                               {"request", request(part.request)},
                               {"recommendation", recommendation(part.recommendation)},
                               {"fronts", fronts(part)},
                               {"runs", runs}});
  }
  for (const Method& method : report.methods) {
    json["methods"].push_back({{"quantity", base::name(method.quantity)},
                               {"source", base::name(method.source)},
                               {"how", method.how},
                               {"notes", method.notes}});
  }
  // Names may hold any bytes; what is no UTF-8 is replaced.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace netfit::report
