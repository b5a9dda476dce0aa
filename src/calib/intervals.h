// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "calib/calibration.h"

namespace netfit::calib {

/// What was hidden from the fit that made a prediction.
enum class Hidden : std::uint8_t { Model, Device, Core };

/// What the width of an interval depends on beside the noise of the configuration.
struct Group {
  Hidden hidden = Hidden::Model;
  bool odd = false;  ///< work that few models exercise takes part of the time
  int threads = 1;   ///< 0: not known
  int rows = 0;      ///< of a hidden device, that it was adapted to
  bool int8 = false;
  std::string family = {};  ///< of the runtime
};

/// Numbers of rows that backtests adapt hidden devices to; other numbers count as the next lower one.
inline constexpr std::array<int, 4> kAdaptedRows{0, 1, 3, 5};

/// The error of a prediction by a fit that had not seen its row's model, device or core.
struct Residual {
  Group group;
  std::string model;
  double error = 0.0;  ///< ln(predicted / measured) / noise of the configuration
  std::string fold;    ///< what was hidden with it: its model, board or core
};

/// Half-widths of 90 % intervals, of the logarithm and before noise, by group: split conformal quantiles (Vovk et al.,
/// Algorithmic Learning in a Random World, 2005) within groups of their own (Mondrian), and of the coarser ones that
/// stand in for a group with few rows. Rows of one hidden device err alike: each device has the same weight, and one
/// more that nobody knows counts as beyond every width (hierarchical conformal prediction: Lee, Barber and Willett,
/// 2023).
std::map<std::string, double> interval_widths(const std::vector<Residual>& residuals);

/// The half-width for a group: its own, or that of the next coarser group that has one.
double width_of(const std::map<std::string, double>& widths, const Group& group);

/// In the unit of the quantity: ms, mJ.
struct Prediction {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
  Seen seen;
  Group group;
};

/// Puts the interval of half-width `width` (of the logarithm) around the value.
void bound(Prediction& prediction, double width);

/// The latency in milliseconds that the calibration predicts, with its 90 % interval.
Prediction predict(const PopulationCalibration& calibration, const Situation& situation, const cost::TermCounts& counts,
                   const std::string& model);

/// The same for many networks in one situation: what does not depend on the network is looked up once.
class Predictor {
 public:
  /// The calibration must outlive it.
  Predictor(const PopulationCalibration& calibration, Situation situation);

  Prediction predict(const cost::TermCounts& counts, const std::string& model) const;
  /// How many times as long that model takes as its counted work says: 1 for models that the fit has not seen.
  double model_factor(const std::string& model) const;
  const Situation& situation() const { return situation_; }
  const CycleTable& cycles() const { return cycles_; }
  const PopulationCalibration& calibration() const { return calibration_; }

 private:
  bool is_odd(const cost::TermCounts& counts, bool model_seen) const;

  const PopulationCalibration& calibration_;
  Situation situation_;
  CycleTable cycles_;
  Seen seen_;
  Group group_;
  double noise_ = 1.0;
  std::array<int, cost::kTermCount> exercised_{};  ///< models that each term's price was seen in
  std::array<double, 2> widths_{};                 ///< of the group; the second where odd work takes part
  std::array<double, 2> model_widths_{};           ///< of an unseen model on a known device, likewise
};

/// The energy of one inference in mJ: power while computing times latency. No value where no row with energy speaks of
/// the population.
std::optional<Prediction> predict_energy(const PopulationCalibration& calibration, const Situation& situation,
                                         const cost::TermCounts& counts, const std::string& model);

}  // namespace netfit::calib
