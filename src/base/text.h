// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace netfit::base {

/// Splits at every `separator`; "a,,b" has three parts, "" has one empty part.
std::vector<std::string> split(std::string_view text, char separator);

std::string join(std::span<const std::string> parts, std::string_view separator);

std::string_view trim(std::string_view text);

/// The candidate with the fewest edits from `word`, if it is close enough to be what was meant.
std::optional<std::string> nearest_word(std::string_view word, std::span<const std::string> candidates);

/// Text from outside made fit for a terminal: control characters become \xNN, and what is over `limit` bytes is cut.
std::string printable(std::string_view text, std::size_t limit = 200);

}  // namespace netfit::base
