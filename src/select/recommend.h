// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "select/constraints.h"
#include "select/option.h"
#include "select/ranking.h"

namespace netfit::select {

struct Request {
  Constraints constraints;
  Ranking ranking;
};

/// The choice against the float32 option of the same model, device and runtime. Factors below 1 are gains; an absent
/// one lacks a Reading.
struct Baseline {
  Option option;
  std::optional<double> speedup;       ///< baseline latency / latency
  std::optional<double> ram_ratio;     ///< peak RAM / baseline peak RAM
  std::optional<double> flash_ratio;   ///< likewise
  std::optional<double> energy_ratio;  ///< likewise
  std::optional<double> top1_points;   ///< top-1 - baseline top-1
};

/// The option that comes closest to the limits: the smallest sum of relative excesses; of equals the better ranked.
struct Nearest {
  Option option;
  double excess = 0.0;
  std::vector<Violation> violations;
};

/// The one limit to move, and how far, so that something fits: the smallest relative excess among the options that
/// break exactly one limit; of equals the better ranked.
struct Relaxation {
  Limited limited = Limited::Latency;
  double allowed = 0.0;
  double needed = 0.0;
  double excess = 0.0;
  Option admits;
};

struct Recommendation {
  bool feasible = false;
  std::optional<Option> choice;
  std::vector<Option> ranked;  ///< all that fit, best first
  std::vector<std::string> reasons;
  std::optional<Baseline> baseline;

  // Where nothing fits:
  /// Every limit that no option meets, with the best figure of all; and those that the nearest option breaks, with its
  /// figure: others meet these, but break another limit.
  std::vector<Violation> violations;
  std::optional<Nearest> nearest;
  std::optional<Relaxation> cheapest;
};

/// The best-ranked of the options that satisfy every constraint, and why; or what is in the way.
Result<Recommendation> recommend(std::span<const Option> options, const Request& request);

}  // namespace netfit::select
