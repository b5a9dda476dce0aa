// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "calib/backtest.h"

namespace netfit::calib {

/// What a fold leaves out: the model, the board or the core of the row.
std::string fold_of(const Observation& row, Hidden hidden);

/// The population's coefficients by the samples `chosen`, and what they have seen.
PopulationCalibration fit_population(const PopulationSamples& all, std::span<const Observation> rows,
                                     std::span<const std::size_t> chosen);

/// What folds say of their rows.
struct Folds {
  std::vector<Judged> judged;
  std::vector<double> noise;  ///< of each one's configuration
};

/// One population's rows as the folds of a protocol see them. All that it is made of must outlive it.
class Folder {
 public:
  Folder(const PopulationSamples& all, std::span<const Observation> rows, const BacktestOptions& options);

  std::int64_t count() const { return std::ssize(members_); }
  /// Every row by the fit of its fold; intervals are not yet those of the backtest.
  Result<Folds> run(Progress& progress) const;

 private:
  const Observation& row(std::size_t sample) const { return rows_[all_.places[sample]]; }
  Folds run_one(const std::string& fold, const std::vector<std::size_t>& members) const;
  void adapt_and_judge(const Coefficients& known, PopulationCalibration& calibration,
                       const std::vector<std::size_t>& list, Folds& part) const;
  void judge(std::size_t sample, const PopulationCalibration& calibration, Folds& part) const;

  const PopulationSamples& all_;
  std::span<const Observation> rows_;
  const BacktestOptions& options_;
  std::map<std::string, std::vector<std::size_t>> members_;
};

}  // namespace netfit::calib
