// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "diagnose/examination.h"

namespace netfit::diagnose {

/// Values whose channel c is one and the same, because additions, pooling and the like join them.
struct SpreadGroup {
  std::vector<ir::ValueId> values;     ///< of the subject, in graph order
  std::vector<ir::NodeId> layers;      ///< that give or read one of them
  ir::NodeId first_layer;              ///< that gives the first; invalid for the network's input
  bool residual = false;               ///< an addition joins some of them
  double spread = 0.0;                 ///< deviation of log2 of the channels' sizes
  std::vector<std::int64_t> channels;  ///< more than 4 times larger or smaller than the middle one
};

/// The groups of the form with what training samples show of their channels: the most uneven first.
Result<std::vector<SpreadGroup>> find_spread_groups(const Examination& exam);

}  // namespace netfit::diagnose
