// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace netfit::base {

/// Refuses what toml++ must not be given, beside what it refuses itself: large texts; keys of more than 64 parts on a
/// line (each is a table in a table) and brackets in more than 16 levels, which would need a deep stack; and characters
/// beyond ASCII outside strings and comments, on which version 3.3 runs into undefined behaviour. Fails at
/// "where:line:column".
Result<void> check_toml_text(std::string_view text, std::string_view where, std::size_t most_bytes = 256 * 1024);

}  // namespace netfit::base
