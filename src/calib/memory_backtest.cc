// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include <fmt/format.h>

#include "calib/backtest.h"
#include "calib/memory_widths.h"

namespace netfit::calib {
namespace {

std::optional<double> measured_of(const Observation& row, Quantity quantity) {
  return quantity == Quantity::PeakRam ? row.row.ram_kib : row.row.flash_kib;
}

std::optional<double> predicted_of(const Observation& row, Quantity quantity) {
  if (!row.memory) return std::nullopt;
  return quantity == Quantity::PeakRam ? row.memory->ram_kib : row.memory->flash_kib;
}

Judged judge_one(const Observation& row, Quantity quantity, double width) {
  Judged judged{&row, *measured_of(row, quantity)};
  judged.quantity = quantity;
  Prediction& prediction = judged.prediction;
  prediction.value = *predicted_of(row, quantity);
  bound(prediction, width);
  prediction.group.threads = row.situation.threads;
  return judged;
}

using WidthOf = std::function<double(const Observation& row, Quantity quantity)>;

std::vector<Judged> judge_all(std::span<const Observation> rows, const WidthOf& width_of,
                              const std::function<Seen(const Observation&)>& seen_of,
                              std::vector<SkippedRow>& skipped) {
  std::vector<Judged> judged;
  for (const Observation& row : rows) {
    for (const Quantity quantity : {Quantity::PeakRam, Quantity::Flash}) {
      if (!measured_of(row, quantity)) continue;
      if (!predicted_of(row, quantity)) {
        const char* column = quantity == Quantity::PeakRam ? "ram_kib" : "flash_kib";
        skipped.push_back({row.row.row, fmt::format("{}: that of {} is not modelled", column, row.row.runtime)});
        continue;
      }
      judged.push_back(judge_one(row, quantity, width_of(row, quantity)));
      judged.back().prediction.seen = seen_of(row);
    }
  }
  return judged;
}

}  // namespace

std::map<std::string, double> memory_widths(std::span<const Observation> rows, const std::string& without) {
  std::map<std::string, double> widths;
  for (const Quantity quantity : {Quantity::PeakRam, Quantity::Flash}) {
    std::vector<Residual> residuals;
    for (const Observation& row : rows) {
      if (!measured_of(row, quantity) || !predicted_of(row, quantity) || row.row.model_id == without) continue;
      residuals.push_back({Group{}, row.row.model_id, judge_one(row, quantity, 0.0).error(), row.row.model_id});
    }
    if (!residuals.empty()) widths[std::string(base::name(quantity))] = width_of(interval_widths(residuals), Group{});
  }
  return widths;
}

std::vector<Judged> judge_memory(std::span<const Observation> rows, std::vector<SkippedRow>& skipped) {
  const auto width = [&](const Observation& row, Quantity quantity) {
    const std::map<std::string, double> widths = memory_widths(rows, row.row.model_id);
    const auto found = widths.find(std::string(base::name(quantity)));
    return found == widths.end() ? kUnjudgedMemory : found->second;
  };
  // The rule is of the runtime, so that every device and core counts as seen; the model doesn't.
  return judge_all(
      rows, width,
      [](const Observation&) {
        return Seen{true, true, false};
      },
      skipped);
}

std::vector<Judged> judge_memory(std::span<const Observation> rows, const Calibration& calibration,
                                 std::vector<SkippedRow>& skipped) {
  const auto width = [&](const Observation& row, Quantity quantity) {
    const auto& widths = calibration.of(row.situation.population).memory_widths;
    const auto found = widths.find(std::string(base::name(quantity)));
    return found == widths.end() ? kUnjudgedMemory : found->second;
  };
  const auto seen = [&](const Observation& row) {
    return seen_by(calibration.of(row.situation.population), row.situation, row.row.model_id);
  };
  return judge_all(rows, width, seen, skipped);
}

}  // namespace netfit::calib
