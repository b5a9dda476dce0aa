// SPDX-License-Identifier: Apache-2.0
#include "report/text.h"

#include <cstdint>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace netfit::report {
namespace {

constexpr std::string_view kGap = "\u2026";

struct Character {
  std::uint32_t code = 0;
  std::size_t bytes = 0;
};

// The character at the beginning of `text`, if that is well-formed UTF-8: shortest form, no surrogate, at most
// U+10FFFF.
std::optional<Character> decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return Character{lead, 1};
  const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return std::nullopt;
  std::uint32_t code = lead & (0xffU >> (bytes + 1));
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xc0U) != 0x80U) return std::nullopt;
    code = code << 6U | (byte(i) & 0x3fU);
  }
  const bool overlong = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (overlong || surrogate || code > 0x10ffff) return std::nullopt;
  return Character{code, bytes};
}

// Controls, and what reorders or hides the text around it.
bool is_treacherous(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c ||
         (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || (code & 0xfffeU) == 0xfffe ||
         (code >= 0xfdd0 && code <= 0xfdef) || code >= 0xe0000;
}

}  // namespace

std::string shown(std::string_view text, std::size_t most) {
  std::vector<std::string> characters;
  while (!text.empty()) {
    const std::optional<Character> character = decode(text);
    const std::size_t bytes = character ? character->bytes : 1;
    if (!character) {
      characters.push_back(fmt::format("\\x{:02x}", static_cast<unsigned char>(text[0])));
    } else if (is_treacherous(character->code)) {
      characters.push_back(fmt::format("\\u{:04x}", character->code));
    } else {
      characters.emplace_back(text.substr(0, bytes));
    }
    text.remove_prefix(bytes);
  }
  const bool cut = characters.size() > most;
  const std::size_t tail = cut ? most / 2 : 0;
  const std::size_t head = cut ? most - tail - 1 : characters.size();
  std::string result;
  for (std::size_t i = 0; i < head; ++i) result += characters[i];
  if (cut) result += kGap;
  for (std::size_t i = characters.size() - tail; i < characters.size(); ++i) result += characters[i];
  return result;
}

std::string markup(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::string csv_field(std::string_view text) {
  constexpr std::string_view kStartsFormula = "=+-@\t\r";
  std::string result;
  if (!text.empty() && kStartsFormula.find(text.front()) != std::string_view::npos) result = "'";
  result += text;
  if (result.find_first_of(",\"\r\n") == std::string::npos) return result;
  std::string quoted = "\"";
  for (const char c : result) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

std::string inside_script(std::string_view json) {
  std::string result;
  for (const char c : json) {
    if (c == '<' || c == '>' || c == '&' || c == '\'') {
      result += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result;
}

}  // namespace netfit::report
