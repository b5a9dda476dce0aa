// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace netfit::cli {

/// What a pruned network is measured by.
enum class PrunedFigure : std::uint8_t { Macs, Params, Bytes, Latency };

/// "macs=50%", "params=300k", "bytes=400KiB", "latency@pixel4=12ms": how small a network shall become.
struct PruningTarget {
  std::string text;  ///< as it was given
  PrunedFigure figure = PrunedFigure::Macs;
  std::string device;    ///< of Latency
  double value = 0;      ///< macs, params, bytes, milliseconds
  bool is_part = false;  ///< the value is a part of what the network has, above 0 and at most 1
};

/// Bad usage if it is something else, saying what is allowed.
Result<PruningTarget> parse_pruning_target(std::string_view text);

/// "macs", "params", "bytes", "ms": what such values count.
std::string_view unit_of(PrunedFigure figure);

}  // namespace netfit::cli
