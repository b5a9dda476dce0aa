// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "calib/backtest.h"
#include "calib/calibration.h"
#include "calib/model_source.h"
#include "calib/samples.h"

namespace netfit::calib {

/// What a user's own measurements of one board make of the shipped coefficients.
struct BoardCalibration {
  Calibration own;                ///< what the board deviates by: to be laid over the shipped coefficients
  std::vector<Judged> before;     ///< each row by the shipped coefficients
  std::vector<Judged> after;      ///< each row by coefficients adapted to all others; empty for a single row
  std::vector<std::string> next;  ///< models of the tables that would tell most if they were measured, best first
};

/// Adapts the shipped coefficients to the rows, which must be of one population. `rows` must outlive the result.
Result<BoardCalibration> adapt_board(std::span<const Observation> rows, const Calibration& shipped,
                                     ModelSource& models);

/// Lays what a board deviates by over the shipped coefficients.
void merge(Calibration& shipped, const Calibration& own);

}  // namespace netfit::calib
