// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/record_json.h"
#include "store/run.h"

namespace netfit::store {

/// One record a line, sorted by key: equal Runs give equal bytes in any order.
std::string write_json_lines(std::span<const Run> runs, Times times);

/// The Runs of such a text; blank lines do not count. Every faulty line is named as `where:line`, up to 20 of them,
/// and then nothing is returned.
Result<std::vector<Run>> read_json_lines(std::string_view text, std::string_view where);

}  // namespace netfit::store
