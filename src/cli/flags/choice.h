// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/text.h"

namespace netfit::cli {

/// For `transform` of a flag whose words stand for the values of an enumeration. Another word is answered with the
/// nearest and all that are allowed.
template <typename T>
CLI::Validator one_of(std::map<std::string, T> words) {
  const auto choose = [words = std::move(words)](std::string& word) -> std::string {
    if (const auto found = words.find(word); found != words.end()) {
      word = std::to_string(static_cast<int>(found->second));
      return "";
    }
    std::vector<std::string> known;
    for (const auto& [name, value] : words) known.push_back(name);
    const std::optional<std::string> nearest = base::nearest_word(word, known);
    return fmt::format("unknown word '{}'{} (allowed: {})", base::printable(word),
                       nearest ? fmt::format(", did you mean '{}'?", *nearest) : "", base::join(known, ", "));
  };
  return CLI::Validator(choose, "");
}

}  // namespace netfit::cli
