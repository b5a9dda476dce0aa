// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/choice.h"

#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::cli {

CLI::Validator one_of_words(std::map<std::string, int> words) {
  const auto choose = [words = std::move(words)](std::string& word) -> std::string {
    if (const auto found = words.find(word); found != words.end()) {
      word = std::to_string(found->second);
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
