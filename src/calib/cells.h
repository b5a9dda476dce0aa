// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "calib/backtest.h"
#include "calib/calibration.h"

namespace netfit::calib {

/// How well the latencies of NAS-Bench-201 cells on one device are predicted after it was adapted to some of them.
struct CellScore {
  std::string device;
  bool dead_kept = false;  ///< the table's networks still held operations whose result nobody uses
  Score score;             ///< medians over the draws
  double rank_correlation = 0.0;
};

struct CellProtocol {
  int fitted = 50;  ///< cells that a device is adapted to, drawn at random
  int draws = 10;
};

/// Reads measurements/nasbench201.csv and judges all cells whose output depends on their input.
Result<std::vector<CellScore>> backtest_cells(std::string_view table, const Calibration& known,
                                              const CellProtocol& protocol, Progress& progress);

}  // namespace netfit::calib
