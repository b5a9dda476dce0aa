// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "store/run.h"

namespace netfit::store {

/// Raised whenever the record or the key changes its meaning.
inline constexpr int kSchemaVersion = 1;

/// Whether `created` and `duration_ms` are written.
enum class Times : std::uint8_t { Keep, Drop };

/// One line of JSON, the same bytes for the same Run, with the key in it. Text that is not UTF-8 becomes
/// {"hex": "..."}, so that every Run comes back as it was.
std::string write_record(const Run& run, Times times);

/// The Run of one such line, checked by check_run and against the key in it. Refuses fields that it does not know.
Result<Run> read_record(std::string_view line);

}  // namespace netfit::store
