// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

#include "base/result.h"

// JSON texts that files carry as metadata, from outside and so possibly hostile.
namespace netfit::formats {

/// The tree of a text; nothing if the text is no JSON, or nested deeper than any record. Fails on a longer text.
Result<std::optional<nlohmann::ordered_json>> parse_metadata(std::string_view text, std::size_t most_bytes);

/// One line; invalid UTF-8 becomes the replacement character.
std::string dump_metadata(const nlohmann::ordered_json& json);

}  // namespace netfit::formats
