// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace netfit::arch {

/// What a parameter may be. A list of words is separated by '|'; numbers lie in [low, high]; text has a reader of its
/// own.
enum class ParameterKind : std::uint8_t { Whole, Real, Word, Text };

struct Parameter {
  std::string_view name;
  std::string_view summary;
  ParameterKind kind = ParameterKind::Whole;
  std::string_view fallback;  ///< the default; empty where it follows from the others (Family::complete)
  double low = 0;
  double high = 0;
  std::string_view words = {};  ///< for text: what it consists of
  /// A network is not described without it, so the canonical spec always shows it.
  bool defining = true;
  /// Of text: its canonical form, or what is wrong with it.
  Result<std::string> (*read)(std::string_view text) = nullptr;
};

/// The parameters of one network, by name; asking for one that the family lacks is a bug.
class Values {
 public:
  void set(std::string_view name, std::string text) { values_.push_back({name, std::move(text)}); }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  const std::string& word(std::string_view name) const;
  std::int64_t whole(std::string_view name) const;
  double real(std::string_view name) const;

 private:
  struct Entry {
    std::string_view name;
    std::string text;  ///< canonical, and of the parameter's kind
  };
  const Entry* find(std::string_view name) const;

  std::vector<Entry> values_;
};

// Parameters that most families share.
constexpr Parameter resolution_parameter(std::string_view fallback = "224") {
  return {
      .name = "resolution", .summary = "height and width of the image", .fallback = fallback, .low = 32, .high = 1024};
}
constexpr Parameter small_resolution_parameter() {
  return {.name = "resolution",
          .summary = "height and width of the image",
          .fallback = "32",
          .low = 8,
          .high = 1024,
          .defining = false};
}
constexpr Parameter alpha_parameter(bool defining = true) {
  return {.name = "alpha",
          .summary = "width: multiplies the channels",
          .kind = ParameterKind::Real,
          .fallback = "1",
          .low = 0.05,
          .high = 3,
          .defining = defining};
}
constexpr Parameter channels_parameter() {
  return {.name = "channels", .summary = "of the image", .fallback = "3", .low = 1, .high = 64, .defining = false};
}
constexpr Parameter classes_parameter(std::string_view fallback = "1000") {
  return {.name = "classes", .summary = "results", .fallback = fallback, .low = 1, .high = 100000, .defining = false};
}

/// "32 to 1024", "large or small": the values that a parameter may have.
std::string allowed(const Parameter& parameter);

/// The value in canonical form ("1" for "1.00"). Fails, with the parameter's name and what it may be, on others.
Result<std::string> read_value(const Parameter& parameter, std::string_view text);

/// The value of a parameter that is a number.
Result<double> read_number(const Parameter& parameter, std::string_view text);

}  // namespace netfit::arch
