// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/mixed_answer.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/departures.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"
#include "report/text.h"

namespace netfit::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string name_of(const MixedNetwork& network, std::size_t candidate) {
  return std::string(quant::name(network.candidates()[candidate]));
}

std::vector<std::string> candidate_names(const MixedNetwork& network) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < network.candidates().size(); ++i) names.push_back(name_of(network, i));
  return names;
}

std::int64_t layers_in(const MixedPoint& point, std::size_t candidate) {
  return std::ranges::count(point.chosen, candidate);
}

std::string percent(const std::optional<double>& share) { return share ? fmt::format("{:.2f} %", *share) : "unknown"; }

std::string decibels(double sqnr_db) { return std::isfinite(sqnr_db) ? fmt::format("{:.1f} dB", sqnr_db) : "exact"; }

std::string sentence_of(const MixedPoint& point) {
  return fmt::format("{}, {:.2f} % keep their class", decibels(point.sqnr_db), point.agreement_percent);
}

Table table_of(const MixedAnswer& answer) {
  const MixedNetwork& network = answer.network;
  std::vector<Column> columns;
  if (!answer.cost.is_bytes()) columns.push_back({"latency", Align::Right});
  columns.push_back({"bytes", Align::Right});
  for (const std::string& name : candidate_names(network)) columns.push_back({name, Align::Right});
  for (const char* title : {"SQNR", "same class", "top-1"}) columns.push_back({title, Align::Right});
  Table table(std::move(columns));
  for (const MixedPoint& point : answer.curve.points) {
    std::vector<std::string> row;
    if (!answer.cost.is_bytes()) row.push_back(fmt::format("{:.4g} {}", point.cost, answer.cost.unit));
    row.push_back(grouped(point.bytes));
    for (std::size_t i = 0; i < network.candidates().size(); ++i) row.push_back(std::to_string(layers_in(point, i)));
    row.push_back(decibels(point.sqnr_db));
    row.push_back(percent(point.agreement_percent));
    row.push_back(percent(point.top1_percent));
    table.add(std::move(row));
  }
  return table;
}

Json layers_json(const MixedNetwork& network, const MixedPoint& point) {
  Json layers = Json::object();
  for (std::size_t i = 0; i < point.chosen.size(); ++i) {
    layers[network.layers()[i]] = name_of(network, point.chosen[i]);
  }
  return layers;
}

Json point_json(const MixedAnswer& answer, const MixedPoint& point) {
  Json json{{"cost", point.cost},
            {"bytes", point.bytes},
            {"sqnr_db", point.sqnr_db},
            {"agreement_percent", point.agreement_percent},
            {"top1_percent", point.top1_percent ? Json(*point.top1_percent) : Json(nullptr)}};
  json["layers"] = layers_json(answer.network, point);
  return json;
}

std::string csv_line(const MixedAnswer& answer, const MixedPoint& point, std::string_view on_curve) {
  std::string line = answer.cost.is_bytes() ? "" : fmt::format("{},", point.cost);
  line += fmt::format("{},{},{},{},{}", point.bytes, point.sqnr_db, point.agreement_percent,
                      point.top1_percent ? fmt::format("{}", *point.top1_percent) : "unknown", on_curve);
  for (const std::size_t candidate : point.chosen) line += ',' + name_of(answer.network, candidate);
  return line + '\n';
}

}  // namespace

void print_mixed_text(const MixedAnswer& answer, const Environment& environment) {
  const MixedNetwork& network = answer.network;
  fmt::print(environment.out, "{}: {} layers, each in {}\ncalibrated on {} samples of {}, judged by {} others\n{}",
             answer.model, network.layers().size(), base::join(candidate_names(network), " or "),
             network.calibrated_on(), network.data(), network.held_out(), table_of(answer).text());
  for (const MixedPoint& point : answer.curve.beaten) {
    const bool uniform = layers_in(point, point.chosen.front()) == std::ssize(point.chosen);
    if (!uniform) continue;
    fmt::print(environment.out, "beaten by a point of the curve: all layers in {}, {} bytes, {}\n",
               name_of(network, point.chosen.front()), grouped(point.bytes), sentence_of(point));
  }
  if (!answer.file) return;
  const MixedPoint& point = answer.file->point;
  fmt::print(environment.out, "{}: {} bytes, {}\n", answer.file->path, grouped(point.bytes), answer.file->wanted);
  if (!answer.cost.is_bytes())
    fmt::print(environment.out, "{}: {:.4g} {}\n", answer.cost.what, point.cost, answer.cost.unit);
  fmt::print(environment.out, "{}\n", sentence_of(point));
  for (std::size_t candidate = 0; candidate < network.candidates().size(); ++candidate) {
    fmt::print(environment.out, "{}: {} layers\n", name_of(network, candidate), layers_in(point, candidate));
  }
  fmt::print(environment.out, "{}", departures_text(network.departures_of(point.chosen)));
}

void print_mixed_json(const MixedAnswer& answer, const Environment& environment) {
  const MixedNetwork& network = answer.network;
  Json json{{"model", answer.model},          {"candidates", candidate_names(network)},
            {"cost", answer.cost.what},       {"cost_unit", answer.cost.unit},
            {"data", network.data()},         {"samples", network.calibrated_on()},
            {"held_out", network.held_out()}, {"curve", Json::array()},
            {"beaten", Json::array()},        {"output", nullptr}};
  for (const MixedPoint& point : answer.curve.points) json["curve"].push_back(point_json(answer, point));
  for (const MixedPoint& point : answer.curve.beaten) json["beaten"].push_back(point_json(answer, point));
  if (answer.file) {
    json["output"] = point_json(answer, answer.file->point);
    json["output"]["path"] = answer.file->path;
    json["output"]["wanted"] = answer.file->wanted;
    json["output"]["departures"] = departures_json(network.departures_of(answer.file->point.chosen));
  }
  print_json(json, environment);
}

std::string mixed_csv(const MixedAnswer& answer) {
  std::string text = answer.cost.is_bytes() ? "" : "latency_ms,";
  text += "bytes,sqnr_db,agreement_percent,top1_percent,on_curve";
  for (const std::string& layer : answer.network.layers()) {
    text += ',' + report::csv_field(report::shown(layer, std::string_view::npos));
  }
  text += '\n';
  for (const MixedPoint& point : answer.curve.points) text += csv_line(answer, point, "yes");
  for (const MixedPoint& point : answer.curve.beaten) text += csv_line(answer, point, "no");
  return text;
}

}  // namespace netfit::cli
