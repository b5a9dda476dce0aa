// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace netfit::base {

/// Refuses what toml++ 3.3 must not be given. Characters beyond ASCII outside strings and comments, and headers of
/// tables that begin with no name, lead it into undefined behaviour; keys of more than 64 parts on a line (each is a
/// table in a table) and more than 16 open brackets would need a deep stack; large texts take long. Fails at
/// "where:line:column".
Result<void> check_toml_text(std::string_view text, std::string_view where,
                             std::size_t most_bytes = std::size_t{256} * 1024);

}  // namespace netfit::base
