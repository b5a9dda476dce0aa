// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "calib/backtest.h"
#include "calib/cells.h"
#include "calib/summary.h"

namespace netfit::cli {

/// One protocol's predictions: what was hidden ("model", "device", "core", or "nothing" for coefficients as they are).
struct BacktestPart {
  std::string hidden;
  int rows = 0;  ///< of each configuration of a hidden device or core, that the fit was adapted to
  std::vector<calib::Judged> judged;
};

struct BacktestAnswer {
  std::vector<BacktestPart> parts;
  std::vector<calib::SkippedRow> skipped;
  std::vector<calib::CellScore> cells;  ///< of NAS-Bench-201, if they were asked for
  int worst = 10;                       ///< rows to show of each part
};

/// The contract of --json (docs/cost-models.md, "Backtest").
nlohmann::ordered_json backtest_json(const BacktestAnswer& answer);
/// Tables for the terminal.
std::string backtest_text(const BacktestAnswer& answer);
/// A page of tables, in Markdown.
std::string backtest_page(const BacktestAnswer& answer);

}  // namespace netfit::cli
