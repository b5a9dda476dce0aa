// SPDX-License-Identifier: Apache-2.0
#include "calib/calibration.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "calib/csv.h"

namespace netfit::calib {
namespace {

constexpr double kNegligible = 1e-3;  // of a logarithm

void write_line(std::string& text, Population population, std::string_view kind, std::string_view key, double value) {
  fmt::format_to(std::back_inserter(text), "{},{},\"{}\",{:.4g}\n", name(population), kind, key, value);
}

void write_population(std::string& text, Population population, const PopulationCalibration& calibration) {
  const std::map<std::string, double> deviations(calibration.coefficients.deviations.begin(),
                                                 calibration.coefficients.deviations.end());
  for (const auto& [key, value] : deviations) {
    if (std::abs(value) >= kNegligible) write_line(text, population, "deviation", key, value);
  }
  const std::map<std::string, double> noise(calibration.coefficients.noise.begin(),
                                            calibration.coefficients.noise.end());
  for (const auto& [key, value] : noise) write_line(text, population, "noise", key, value);
  for (const auto& [key, value] : calibration.widths) write_line(text, population, "width", key, value);
  for (const auto& [key, value] : calibration.energy_widths) write_line(text, population, "energy_width", key, value);
  for (const auto& [key, value] : calibration.memory_widths) write_line(text, population, "memory_width", key, value);
  for (const auto& [key, value] : calibration.exercised) write_line(text, population, "exercised", key, value);
  for (const std::string& key : calibration.models) write_line(text, population, "model", key, 1);
  for (const std::string& key : calibration.boards) write_line(text, population, "board", key, 1);
  for (const std::string& key : calibration.cores) write_line(text, population, "core", key, 1);
  for (const std::string& key : calibration.new_boards) write_line(text, population, "new_board", key, 1);
  for (const auto& [key, value] : calibration.adapted) write_line(text, population, "adapted", key, value);
}

bool keep(PopulationCalibration& into, const std::string& kind, const std::string& key, double value) {
  if (kind == "deviation")
    into.coefficients.deviations[key] = value;
  else if (kind == "noise")
    into.coefficients.noise[key] = value;
  else if (kind == "width")
    into.widths[key] = value;
  else if (kind == "energy_width")
    into.energy_widths[key] = value;
  else if (kind == "memory_width")
    into.memory_widths[key] = value;
  else if (kind == "exercised")
    into.exercised[key] = static_cast<int>(value);
  else if (kind == "model")
    into.models.insert(key);
  else if (kind == "board")
    into.boards.insert(key);
  else if (kind == "core")
    into.cores.insert(key);
  else if (kind == "new_board")
    into.new_boards.insert(key);
  else if (kind == "adapted")
    into.adapted[key] = static_cast<int>(value);
  else
    return false;
  return true;
}

constexpr std::string_view kHead = "population,kind,key,value\n";
constexpr double kMostValue = 1e6;

}  // namespace

std::string write_calibration(const Calibration& calibration) {
  std::string text(kHead);
  for (int i = 0; i < kPopulationCount; ++i) {
    const auto population = static_cast<Population>(i);
    write_population(text, population, calibration.of(population));
  }
  return text;
}

Result<Calibration> read_calibration(std::string_view text) {
  if (!text.starts_with(kHead)) return bad_input(fmt::format("line 1: not '{}'", base::trim(kHead)));
  text.remove_prefix(kHead.size());
  CsvReader reader(text);
  Calibration calibration;
  while (const std::optional<std::vector<std::string>> cells = reader.next()) {
    const auto fault = [&](std::string_view what) {
      return bad_input(fmt::format("line {}: {}", reader.line() + 1, what));
    };
    if (cells->size() != 4) return fault("not 4 cells");
    const std::optional<Population> population = find_population((*cells)[0]);
    if (!population) return fault(fmt::format("no population '{}'", base::printable((*cells)[0])));
    const std::string& cell = (*cells)[3];
    double value = 0.0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (error != std::errc() || end != cell.data() + cell.size() || !(std::abs(value) < kMostValue)) {
      return fault(fmt::format("'{}' is no number of a calibration", base::printable(cell)));
    }
    if (!keep(calibration.of(*population), (*cells)[1], (*cells)[2], value)) {
      return fault(fmt::format("no kind '{}'", base::printable((*cells)[1])));
    }
  }
  return calibration;
}

void PopulationCalibration::place(Situation& situation) const {
  if (boards.contains(situation.board)) situation.generation_new = new_boards.contains(situation.board);
}

Seen seen_by(const PopulationCalibration& calibration, const Situation& situation, const std::string& model) {
  return {calibration.boards.contains(situation.board), calibration.cores.contains(situation.core),
          calibration.models.contains(model)};
}

}  // namespace netfit::calib
