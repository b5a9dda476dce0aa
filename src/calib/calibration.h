// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"
#include "calib/fit.h"
#include "calib/situation.h"

namespace netfit::calib {

/// What a prediction's rows have in common with those that the coefficients were fitted to.
struct Seen {
  bool device = false;
  bool core = false;
  bool model = false;
};

/// Coefficients of one population with what judges them.
struct PopulationCalibration {
  Coefficients coefficients;
  std::map<std::string, double> widths;  ///< of intervals, by group (intervals.h)
  std::map<std::string, double> energy_widths;
  std::map<std::string, double> memory_widths;  ///< of "ram" and "flash"
  std::map<std::string, int> exercised;         ///< models that a term's price was seen in, by the term's name
  std::set<std::string> models;
  std::set<std::string> boards;
  std::set<std::string> cores;
  std::set<std::string> new_boards;    ///< with a recent build of ncnn
  std::map<std::string, int> adapted;  ///< rows that a device beyond those was adapted to, by board

  /// What the calibration knows of a board that a situation doesn't say: how recent its runtime is.
  void place(Situation& situation) const;
};

/// Everything that predictions of latency rest on (measurements/coefficients.csv).
struct Calibration {
  std::array<PopulationCalibration, kPopulationCount> populations;

  const PopulationCalibration& of(Population population) const {
    return populations[static_cast<std::size_t>(population)];
  }
  PopulationCalibration& of(Population population) { return populations[static_cast<std::size_t>(population)]; }
};

/// As CSV, sorted, so that the same fit gives the same bytes; deviations below a thousandth are left out.
std::string write_calibration(const Calibration& calibration);
/// Fails with the line of what can't be understood.
Result<Calibration> read_calibration(std::string_view text);

Seen seen_by(const PopulationCalibration& calibration, const Situation& situation, const std::string& model);

}  // namespace netfit::calib
