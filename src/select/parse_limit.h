// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"
#include "select/constraints.h"

namespace netfit::select {

/// The limit that a text like "200ms", "512KiB", "1.5 MB", "200mW", "94" or "94%" sets, in the limit's own unit.
/// Refuses other units, and what is negative, zero (but for top-1) or not finite; the failure is located at `where`.
Result<Limit> parse_limit(Limited limited, std::string_view text, std::string_view where);

/// "5/s", "30/min", "2Hz": inferences a second.
Result<double> parse_rate(std::string_view text, std::string_view where);

/// "0.9": Readings hold 90 % intervals, so nothing else can be judged by.
Result<Judge> parse_confidence(std::string_view text, std::string_view where);

}  // namespace netfit::select
