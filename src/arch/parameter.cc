// SPDX-License-Identifier: Apache-2.0
#include "arch/parameter.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/check.h"
#include "base/text.h"

namespace netfit::arch {
namespace {

template <typename Number>
bool is_number(std::string_view text, Number& value) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && stopped == end;
}

base::Failure refusal(const Parameter& parameter, std::string_view text) {
  return bad_input(fmt::format("{} '{}' is not allowed (allowed: {}{})", parameter.name, base::printable(text, 40),
                               parameter.kind == ParameterKind::Whole ? "whole numbers, " : "", allowed(parameter)));
}

}  // namespace

const Values::Entry* Values::find(std::string_view name) const {
  const auto found = std::ranges::find(values_, name, &Entry::name);
  return found == values_.end() ? nullptr : &*found;
}

const std::string& Values::word(std::string_view name) const {
  const Entry* entry = find(name);
  NETFIT_CHECK(entry != nullptr);
  return entry->text;
}

std::int64_t Values::whole(std::string_view name) const {
  std::int64_t value = 0;
  NETFIT_CHECK(is_number(word(name), value));
  return value;
}

double Values::real(std::string_view name) const {
  double value = 0;
  NETFIT_CHECK(is_number(word(name), value));
  return value;
}

std::string allowed(const Parameter& parameter) {
  switch (parameter.kind) {
    case ParameterKind::Word:
      return base::join(base::split(parameter.words, '|'), " or ");
    case ParameterKind::Text:
      return std::string(parameter.words);
    case ParameterKind::Whole:
    case ParameterKind::Real:
      return fmt::format("{} to {}", parameter.low, parameter.high);
  }
  NETFIT_UNREACHABLE();
}

Result<double> read_number(const Parameter& parameter, std::string_view text) {
  double real = 0;
  std::int64_t whole = 0;
  const bool inside = is_number(text, real) && real >= parameter.low && real <= parameter.high;
  if (inside && (parameter.kind == ParameterKind::Real || is_number(text, whole))) return real;
  return refusal(parameter, text);
}

Result<std::string> read_value(const Parameter& parameter, std::string_view text) {
  switch (parameter.kind) {
    case ParameterKind::Word: {
      const std::vector<std::string> words = base::split(parameter.words, '|');
      if (std::ranges::find(words, text) == words.end()) return refusal(parameter, text);
      return std::string(text);
    }
    case ParameterKind::Text:
      return parameter.read(text);
    case ParameterKind::Whole:
    case ParameterKind::Real:
      return fmt::format("{}", NETFIT_TRY(read_number(parameter, text)));
  }
  NETFIT_UNREACHABLE();
}

}  // namespace netfit::arch
