// SPDX-License-Identifier: Apache-2.0
#include "base/toml_text.h"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::base {
namespace {

constexpr std::ptrdiff_t kMostDots = 64;
constexpr int kMostLevels = 16;

struct Text {
  std::string_view text;
  std::string_view where;

  Failure fault(std::size_t offset, std::string what) const {
    const std::string_view before = text.substr(0, offset);
    const auto line = std::ranges::count(before, '\n') + 1;
    const std::size_t column = before.size() - (before.rfind('\n') + 1) + 1;  // npos + 1 is 0
    return fail(Error(ErrorKind::BadInput, std::move(what)).at(fmt::format("{}:{}:{}", where, line, column)));
  }
};

// The offset behind the string that begins at `begin`; a string of one line ends at its end at the latest, as the
// parser refuses it there.
std::size_t skip_string(std::string_view text, std::size_t begin) {
  const char quote = text[begin];
  const bool is_long = text.substr(begin, 3) == std::string(3, quote);
  const std::string end = is_long ? std::string(3, quote) : std::string(1, quote);
  std::size_t at = begin + end.size();
  while (at < text.size()) {
    if (text.substr(at, end.size()) == end) return at + end.size();
    if (!is_long && text[at] == '\n') return at;
    at += quote == '"' && text[at] == '\\' ? 2 : 1;
  }
  return text.size();
}

Result<void> check_dots(const Text& file) {
  std::size_t start = 0;
  for (const std::string& line : split(file.text, '\n')) {
    const std::ptrdiff_t dots = std::ranges::count(line, '.');
    if (dots > kMostDots) {
      return file.fault(start, fmt::format("the line has {} dots (allowed: up to {})", dots, kMostDots));
    }
    start += line.size() + 1;
  }
  return {};
}

// How much deeper the text is behind this character.
int step_of(char c) { return c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0; }

bool begins_key(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '"' || c == '\'';
}

// Whether a table's header opens at `at` and goes on with what begins no name; "[]" and the end of the text are left to
// the parser.
bool is_bad_header(std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const std::string_view line = before.substr(before.rfind('\n') + 1);
  if (text[at] != '[' || !trim(line).empty()) return false;
  const bool is_double = text.substr(at, 2) == "[[";
  at = text.find_first_not_of(" \t", at + (is_double ? 2 : 1));
  if (at == std::string_view::npos || text[at] == ']' || begins_key(text[at])) return false;
  return is_double || text[at] != '[';
}

}  // namespace

Result<void> check_toml_text(std::string_view text, std::string_view where, std::size_t most_bytes) {
  const Text file{text, where};
  if (text.size() > most_bytes) {
    return file.fault(0, fmt::format("the file has {} bytes (allowed: up to {})", text.size(), most_bytes));
  }
  NETFIT_TRY(check_dots(file));
  int level = 0;
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (at < text.size()) {
    if (static_cast<unsigned char>(text[at]) >= 0x80U) {
      return file.fault(at, "a character beyond ASCII stands outside strings and comments");
    }
    if (level == 0 && is_bad_header(text, at)) return file.fault(at, "a table's name is missing");
    level = std::max(0, level + step_of(text[at]));
    if (level > kMostLevels) return file.fault(at, fmt::format("more than {} brackets are open", kMostLevels));
    if (text[at] == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else {
      at = text[at] == '"' || text[at] == '\'' ? skip_string(text, at) : at + 1;
    }
  }
  return {};
}

}  // namespace netfit::base
