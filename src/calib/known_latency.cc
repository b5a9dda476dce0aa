// SPDX-License-Identifier: Apache-2.0
#include "calib/known_latency.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "calib/board.h"
#include "calib/intervals.h"
#include "cost/count_terms.h"
#include "ir/op_spec.h"

namespace netfit::calib {
namespace {

constexpr double kSameClock = 1e-3;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

bool was_measured(const Calibration& calibration, const std::string& key) {
  return std::ranges::any_of(calibration.populations, [&](const PopulationCalibration& population) {
    return population.coefficients.noise.contains(key);
  });
}

// How tables write a runtime: "x-cube-ai 10.0.0", or without a version, as ncnn's prints none.
std::optional<std::string> table_name(const Calibration& calibration, const std::string& board,
                                      const device::Runtime& runtime, int threads) {
  for (const std::string& name : {runtime.title + " " + runtime.version, runtime.title}) {
    if (was_measured(calibration, fmt::format("{}|{}|{}", board, lower(name), threads))) return lower(name);
  }
  return std::nullopt;
}

}  // namespace

bool computes_in_int8(const ir::Graph& graph) {
  return std::ranges::any_of(graph.order(), [&](ir::NodeId id) {
    const ir::NodeView node(graph, graph.node(id));
    return node.op().macs != nullptr && node.has_input(1) && node.input(1).dtype == DType::Int8;
  });
}

std::optional<Reading> known_latency(const ir::Graph& graph, const device::Device& device,
                                     const device::Runtime& runtime, int threads, std::optional<DType> as_type,
                                     const Calibration& calibration) {
  const bool int8 = as_type ? *as_type == DType::Int8 : computes_in_int8(graph);
  for (const std::string& board : device.measured_as) {
    const double clock = clock_of_id(board).value_or(0.0);
    if (std::abs(clock / device.clock_mhz - 1.0) > kSameClock) continue;
    const std::optional<std::string> name = table_name(calibration, board, runtime, threads);
    if (!name) continue;
    const Result<FoundBoard> found = find_board(calibration, {board, *name, threads, int8});
    if (!found) continue;
    const Situation& situation = found->situation;
    if (situation.population == Population::Microcontroller && !int8) continue;
    const Predictor predictor(calibration.of(situation.population), situation);
    const Prediction prediction = predictor.predict(sum_terms(count_terms(graph, situation.rules())), "");
    if (prediction.group.hidden != Hidden::Model) continue;
    return Reading{Quantity::Latency, prediction.value,         prediction.low,
                   prediction.high,   base::Source::Calibrated, "interval: judged by rows of " + board};
  }
  return std::nullopt;
}

}  // namespace netfit::calib
