// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "select/recommend.h"

namespace netfit::select {

/// From `allowed` on (up to the next step's) `choice` is the answer.
struct Step {
  double allowed = 0.0;
  Option choice;
  std::string buys;  ///< what it gains against the step before, in words; empty for the first
};

struct WhatIf {
  Limited varied = Limited::PeakRam;
  std::vector<Step> steps;             ///< from the strictest limit that anything meets to the loosest that matters
  std::optional<std::size_t> current;  ///< the step that the request's own limit is on; none if it admits nothing
  /// What the next step needs beyond the request's own limit, in the limit's unit; none without such a limit or step.
  std::optional<double> to_next;
};

/// What the answer would be for every value of one limit, all others as they are in `request`.
Result<WhatIf> what_if(std::span<const Option> options, const Request& request, Limited varied);

/// "from 320 KiB (8 KiB more): cnn int8: 2.00x faster, +0.30 points", one line a step, the current one marked.
std::vector<std::string> describe(const WhatIf& answer, const Request& request);

}  // namespace netfit::select
