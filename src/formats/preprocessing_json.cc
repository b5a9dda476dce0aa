// SPDX-License-Identifier: Apache-2.0
#include "formats/preprocessing_json.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "formats/metadata_json.h"

namespace netfit::formats {
namespace {

using Json = nlohmann::ordered_json;

// No data set has more classes, and no honest record is longer.
constexpr std::size_t kMostClassNames = 100'000;
constexpr std::size_t kMostBytes = std::size_t{8} << 20;

// The double whose shortest text is that of the float ("0.1", not "0.10000000149011612"), where that is exact.
double short_double(float value) {
  const double nice = std::strtod(fmt::format("{}", value).c_str(), nullptr);
  return static_cast<float>(nice) == value ? nice : static_cast<double>(value);
}

Json floats(const std::vector<float>& values) {
  Json list = Json::array();
  for (const float value : values) list.push_back(short_double(value));
  return list;
}

Result<Json> parse_array(std::string_view text) {
  std::optional<Json> json = NETFIT_TRY(parse_metadata(text, kMostBytes));
  if (!json || !json->is_array()) return bad_input("the record is not a JSON array");
  return *std::move(json);
}

Result<float> float_of(const Json& json, std::string_view field) {
  if (!json.is_number()) return bad_input(fmt::format("'{}' is not a number", field));
  return static_cast<float>(json.get<double>());
}

Result<std::vector<float>> floats_of(const Json& record, const char* field) {
  if (!record.contains(field) || !record[field].is_array()) {
    return bad_input(fmt::format("'{}' is not a list of numbers", field));
  }
  std::vector<float> values;
  for (const Json& element : record[field]) values.push_back(NETFIT_TRY(float_of(element, field)));
  return values;
}

Result<ir::ColorOrder> order_of(const Json& record) {
  if (!record.contains("order")) return ir::ColorOrder::Rgb;
  if (record["order"] == "rgb") return ir::ColorOrder::Rgb;
  if (record["order"] == "bgr") return ir::ColorOrder::Bgr;
  return bad_input("'order' is neither 'rgb' nor 'bgr'");
}

Result<void> apply_record(ir::Graph& graph, const Json& record) {
  if (!record.is_object() || !record.contains("input") || !record["input"].is_string()) {
    return bad_input("a record does not name its 'input'");
  }
  const auto& name = record["input"].get_ref<const std::string&>();
  const auto input = std::ranges::find_if(
      graph.inputs, [&](const ir::GraphInput& candidate) { return graph.value(candidate.value).name == name; });
  if (input == graph.inputs.end()) {
    return bad_input(
        fmt::format("the record names an input '{}', which the file does not have", base::printable(name)));
  }
  ir::Preprocessing preprocessing;
  preprocessing.mean = NETFIT_TRY(floats_of(record, "mean"));
  preprocessing.std = NETFIT_TRY(floats_of(record, "std"));
  preprocessing.order = NETFIT_TRY(order_of(record));
  if (record.contains("scale")) preprocessing.scale = NETFIT_TRY(float_of(record["scale"], "scale"));
  NETFIT_TRY(check_preprocessing(preprocessing, graph.value(input->value).shape));
  input->preprocessing = std::move(preprocessing);
  return {};
}

Result<void> apply_records(ir::Graph& graph, std::string_view text) {
  const Json json = NETFIT_TRY(parse_array(text));
  for (const Json& record : json) NETFIT_TRY(apply_record(graph, record));
  return {};
}

Result<void> apply_names(ir::Graph& graph, std::string_view text) {
  const Json json = NETFIT_TRY(parse_array(text));
  if (json.size() > kMostClassNames) {
    return bad_input(fmt::format("there are {} class names (allowed: {})", json.size(), kMostClassNames));
  }
  std::vector<std::string> names;
  for (const Json& name : json) {
    if (!name.is_string()) return bad_input("a class name is not a string");
    names.push_back(name.get<std::string>());
  }
  graph.class_names = std::move(names);
  return {};
}

}  // namespace

std::string preprocessing_json(const ir::Graph& graph) {
  Json records = Json::array();
  for (const ir::GraphInput& input : graph.inputs) {
    if (!input.preprocessing) continue;
    const ir::Preprocessing& preprocessing = *input.preprocessing;
    records.push_back({{"input", graph.value(input.value).name},
                       {"scale", short_double(preprocessing.scale)},
                       {"mean", floats(preprocessing.mean)},
                       {"std", floats(preprocessing.std)},
                       {"order", preprocessing.order == ir::ColorOrder::Rgb ? "rgb" : "bgr"}});
  }
  return records.empty() ? std::string() : dump_metadata(records);
}

std::string class_names_json(const ir::Graph& graph) {
  return graph.class_names.empty() ? std::string() : dump_metadata(Json(graph.class_names));
}

Result<void> apply_preprocessing_json(ir::Graph& graph, std::string_view text) {
  return located(apply_records(graph, text), kPreprocessingKey);
}

Result<void> apply_class_names_json(ir::Graph& graph, std::string_view text) {
  return located(apply_names(graph, text), kClassNamesKey);
}

Result<void> check_preprocessing(const ir::Preprocessing& preprocessing, const Shape& shape) {
  const auto finite = [](float value) { return std::isfinite(value); };
  const bool all_finite = finite(preprocessing.scale) && std::ranges::all_of(preprocessing.mean, finite) &&
                          std::ranges::all_of(preprocessing.std, finite);
  if (!all_finite) return bad_input("scale, mean or std is not a finite number");
  if (preprocessing.scale == 0.0F) return bad_input("scale is 0");
  if (std::ranges::count(preprocessing.std, 0.0F) > 0) return bad_input("std is 0");
  for (const std::vector<float>* figures : {&preprocessing.mean, &preprocessing.std}) {
    const std::int64_t count = std::ssize(*figures);
    if (count != 1 && std::ranges::count(shape.dims(), count) == 0) {
      return bad_input(fmt::format("{} figures do not go with an input of shape {} (allowed: 1, or one a channel)",
                                   count, to_string(shape)));
    }
  }
  return {};
}

}  // namespace netfit::formats
