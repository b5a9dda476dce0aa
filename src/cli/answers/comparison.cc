// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/comparison.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/answers/print_json.h"
#include "cli/answers/table.h"

namespace netfit::cli {
namespace {

using diagnose::TensorComparison;
using diagnose::TensorMetrics;
using Json = nlohmann::ordered_json;

// JSON has no infinity: equal tensors have an SQNR of null.
Json finite(double number) { return std::isfinite(number) ? Json(number) : Json(nullptr); }

Json metrics_json(const TensorMetrics& metrics) {
  return {{"sqnr_db", finite(metrics.sqnr_db)},
          {"cosine", metrics.cosine},
          {"kl", metrics.kl},
          {"mse", finite(metrics.mse)},
          {"median_relative_difference", metrics.median_relative_difference},
          {"largest_difference", finite(metrics.largest_difference)},
          {"saturation_percent", metrics.saturation_percent},
          {"range_ratio", metrics.range_ratio ? Json(*metrics.range_ratio) : Json(nullptr)},
          {"tail_ratio", metrics.tail_ratio}};
}

Json weights_json(const diagnose::WeightComparison& weights) {
  Json channels = Json::array();
  for (const double channel : weights.channels) channels.push_back(finite(channel));
  return {{"sqnr_db", finite(weights.sqnr_db)}, {"worst_channel", weights.worst_channel}, {"channels_db", channels}};
}

Json tensor_json(const TensorComparison& tensor) {
  Json json{{"name", tensor.b}, {"reference", tensor.a}, {"op", tensor.op}};
  json.update(metrics_json(tensor.accumulated));
  json["single"] = tensor.single ? metrics_json(*tensor.single) : Json(nullptr);
  json["weights"] = tensor.weights ? weights_json(*tensor.weights) : Json(nullptr);
  return json;
}

std::vector<const TensorComparison*> worst_first(const std::vector<TensorComparison>& tensors) {
  std::vector<const TensorComparison*> sorted;
  for (const TensorComparison& tensor : tensors) sorted.push_back(&tensor);
  std::ranges::stable_sort(sorted, {}, [](const TensorComparison* tensor) { return tensor->accumulated.sqnr_db; });
  return sorted;
}

std::string decibels(double sqnr_db) {
  return std::isinf(sqnr_db) && sqnr_db > 0 ? "equal" : fmt::format("{:.1f}", sqnr_db);
}

std::vector<std::string> row_of(const TensorComparison& tensor) {
  const TensorMetrics& metrics = tensor.accumulated;
  const auto& weights = tensor.weights;
  return {tensor.b,
          decibels(metrics.sqnr_db),
          tensor.single ? decibels(tensor.single->sqnr_db) : "",
          fmt::format("{:.3f}", metrics.kl),
          fmt::format("{:.2f}", metrics.saturation_percent),
          metrics.range_ratio ? fmt::format("{:.2f}", *metrics.range_ratio) : "",
          weights ? decibels(weights->sqnr_db) : "",
          weights ? decibels(weights->channels[static_cast<std::size_t>(weights->worst_channel)]) : "",
          weights ? fmt::format("{}", weights->worst_channel) : ""};
}

// Names get the room that 100 columns leave; op and cosine are in the JSON.
void print_tensors(const Comparison& comparison, std::int64_t shown, std::FILE* out) {
  const std::vector<const TensorComparison*> tensors = worst_first(comparison.graphs.tensors);
  const std::size_t count = std::min(tensors.size(), static_cast<std::size_t>(shown));
  fmt::print(out, "\n{} tensors are in both, compared on {} samples; the worst {}:\n", tensors.size(),
             grouped(comparison.tensor_samples), count);
  Table table({{"tensor"},
               {"SQNR dB", Align::Right},
               {"alone", Align::Right},
               {"KL", Align::Right},
               {"clipped %", Align::Right},
               {"range", Align::Right},
               {"weights dB", Align::Right},
               {"worst", Align::Right},
               {"channel", Align::Right}});
  for (const TensorComparison* tensor : std::span(tensors).first(count)) table.add(row_of(*tensor));
  fmt::print(out, "{}", table.text());
}

// The layer to look at first: the others pass on what it does.
void print_culprit(const Comparison& comparison, std::FILE* out) {
  const auto own_error = [](const TensorComparison& tensor) {
    return tensor.single ? tensor.single->sqnr_db : std::numeric_limits<double>::infinity();
  };
  const auto worst = std::ranges::min_element(comparison.graphs.tensors, {}, own_error);
  if (worst == comparison.graphs.tensors.end() || std::isinf(own_error(*worst))) return;
  fmt::print(out, "largest error of its own: {} '{}', {:.1f} dB\n", worst->op, base::printable(worst->b),
             own_error(*worst));
}

}  // namespace

void print_comparison_json(const Comparison& comparison, const Environment& environment) {
  Json answer{{"data", comparison.data}, {"samples", comparison.samples}};
  const eval::Agreement& first = comparison.outputs.front().agreement;
  answer["agreement"] = first.top1_percent;
  answer["largest_difference"] = finite(first.largest_difference);
  answer["sqnr_db"] = finite(first.sqnr_db);
  answer["bit_identical"] =
      std::ranges::all_of(comparison.outputs, [](const auto& output) { return output.agreement.bit_identical; });
  answer["labelled"] = nullptr;
  if (const auto& labelled = comparison.labelled) {
    answer["labelled"] = {{"top1_a", labelled->top1_a},
                          {"top1_b", labelled->top1_b},
                          {"lost", labelled->outcome.lost},
                          {"gained", labelled->outcome.gained},
                          {"p", labelled->outcome.p}};
  }
  answer["outputs"] = Json::array();
  for (const OutputComparison& output : comparison.outputs) {
    answer["outputs"].push_back({{"name", output.name},
                                 {"agreement", output.agreement.top1_percent},
                                 {"largest_difference", finite(output.agreement.largest_difference)},
                                 {"sqnr_db", finite(output.agreement.sqnr_db)},
                                 {"bit_identical", output.agreement.bit_identical}});
  }
  answer["tensor_samples"] = comparison.tensor_samples;
  answer["tensors"] = Json::array();
  for (const TensorComparison* tensor : worst_first(comparison.graphs.tensors)) {
    answer["tensors"].push_back(tensor_json(*tensor));
  }
  answer["unmatched"] = comparison.graphs.unmatched;
  print_json(answer, environment);
}

void print_comparison(const Comparison& comparison, std::int64_t shown, const Environment& environment) {
  std::FILE* out = environment.out;
  for (const OutputComparison& output : comparison.outputs) {
    fmt::print(out, "output {}: same top-1 on {:.2f} % of {} samples, largest difference {:.6g}, SQNR {:.1f} dB{}\n",
               base::printable(output.name), output.agreement.top1_percent, grouped(comparison.samples),
               output.agreement.largest_difference, output.agreement.sqnr_db,
               output.agreement.bit_identical ? ", bit-identical" : "");
  }
  if (const auto& labelled = comparison.labelled) {
    fmt::print(out, "top-1: {:.2f} % and {:.2f} %; {} samples lost, {} gained, McNemar's p {:.3g}\n", labelled->top1_a,
               labelled->top1_b, grouped(labelled->outcome.lost), grouped(labelled->outcome.gained),
               labelled->outcome.p);
  }
  if (comparison.graphs.tensors.empty()) return;
  print_tensors(comparison, shown, out);
  print_culprit(comparison, out);
  if (!comparison.graphs.unmatched.empty()) {
    fmt::print(out, "without a partner in {}: {}\n", base::printable(comparison.a),
               base::printable(base::join(comparison.graphs.unmatched, ", ")));
  }
}

}  // namespace netfit::cli
