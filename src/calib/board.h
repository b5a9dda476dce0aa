// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "calib/calibration.h"
#include "calib/intervals.h"
#include "cost/estimate.h"
#include "ir/graph.h"

namespace netfit::calib {

/// What a user asks a latency for.
struct BoardQuery {
  std::string device;   ///< "raspberry-pi-5/cortex-a76@2400", "raspberry-pi-5", or "cortex-a55@1800" of any board
  std::string runtime;  ///< as tables name it, or how it begins, the newest; empty: of the most measured family
  int threads = 1;
  bool int8 = false;
};

struct FoundBoard {
  Situation situation;
  std::vector<std::string> notes;  ///< what was chosen, for the user
};

/// A board of the tables.
struct BoardSummary {
  std::string id;  ///< "raspberry-pi-5/cortex-a76@2400"
  std::string core;
  std::optional<double> clock_mhz;
  std::set<std::string> runtimes;
  int threads = 0;  ///< the most that it was measured with; 0: nobody says
};

/// Those that the calibration knows by measurements, sorted.
std::vector<BoardSummary> list_boards(const Calibration& calibration);

/// "raspberry-pi-5" of an id.
std::string board_name(const std::string& id);

/// Whether `device` names a board of the tables, or a core with a clock ("core@MHz", "board/core@MHz").
bool names_board(const Calibration& calibration, const std::string& device);

/// The situation that a query means; fails on unknown names with the nearest.
Result<FoundBoard> find_board(const Calibration& calibration, const BoardQuery& query);

/// The calibrated latency of a graph, kernel by kernel, with its interval; energy, peak RAM and flash where
/// measurements of such runtimes judge them. `model` is the table's name of the graph, empty if it is none of them.
cost::Estimate estimate_on_board(const ir::Graph& graph, const Predictor& predictor, const std::string& model);

}  // namespace netfit::calib
