// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include <CLI/CLI.hpp>

namespace netfit::cli {

/// For `transform` of a flag whose words stand for numbers. Another word is answered with the nearest and all that are
/// allowed.
CLI::Validator one_of_words(std::map<std::string, int> words);

/// The same for the values of an enumeration.
template <typename T>
CLI::Validator one_of(const std::map<std::string, T>& words) {
  std::map<std::string, int> numbers;
  for (const auto& [name, value] : words) numbers.emplace(name, static_cast<int>(value));
  return one_of_words(std::move(numbers));
}

}  // namespace netfit::cli
