// SPDX-License-Identifier: Apache-2.0
#include "ir/lexer.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::ir {
namespace {

// Longer names are surely damage; the limit keeps messages and maps small.
constexpr std::size_t kMaxStringBytes = 4096;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }
bool is_name(char c) { return is_word(c) || c == '.' || c == '/' || c == ':' || c == '-'; }
bool is_number(char c) { return is_word(c) || c == '.' || c == '-' || c == '+'; }

int hex_digit(char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const std::size_t digit = kDigits.find(c);
  return digit == std::string_view::npos ? -1 : static_cast<int>(digit);
}

}  // namespace

std::size_t Lexer::place() {
  while (at_ < text_.size()) {
    if (text_[at_] == '#') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (is_blank(text_[at_])) {
      ++at_;
    } else {
      break;
    }
  }
  return at_;
}

char Lexer::peek() { return at_end() ? '\0' : text_[at_]; }

bool Lexer::accept(std::string_view symbol) {
  if (text_.substr(place(), symbol.size()) != symbol) return false;
  at_ += symbol.size();
  return true;
}

Result<void> Lexer::expect(std::string_view symbol) {
  if (accept(symbol)) return {};
  return failure(fmt::format("expected '{}', {}", symbol, found()));
}

std::string Lexer::found() {
  if (at_end()) return "found the end of the text";
  const std::size_t end = std::min(text_.find_first_of(" \t\r\n", at_), text_.size());
  return fmt::format("found '{}'", base::printable(text_.substr(at_, end - at_), 40));
}

std::string_view Lexer::take_while(bool (*belongs)(char)) {
  const std::size_t begin = place();
  while (at_ < text_.size() && belongs(text_[at_])) ++at_;
  return text_.substr(begin, at_ - begin);
}

std::string_view Lexer::word() { return take_while(&is_word); }

std::string_view Lexer::peek_word() {
  const std::size_t begin = place();
  const std::string_view next = word();
  at_ = begin;
  return next;
}

bool Lexer::at_attribute() {
  const std::size_t end = peek_word().size();
  return end > 0 && at_ + end < text_.size() && text_[at_ + end] == '=';
}

std::string_view Lexer::number() { return take_while(&is_number); }

Result<std::string> Lexer::name() {
  if (peek() == '"') return quoted();
  std::string_view bare = take_while(&is_name);
  // In `%x: f32[1]` the colon begins the type.
  while (bare.ends_with(':')) {
    bare.remove_suffix(1);
    --at_;
  }
  if (bare.empty()) return failure(fmt::format("expected a name, {}", found()));
  if (bare.size() > kMaxStringBytes) {
    return failure(fmt::format("a name has {} bytes, the limit is {}", bare.size(), kMaxStringBytes));
  }
  return std::string(bare);
}

Result<char> Lexer::escaped() {
  const std::size_t begin = at_ - 1;
  if (at_ < text_.size()) {
    const char c = text_[at_++];
    if (c == '"' || c == '\\') return c;
    if (c == 'x' && at_ + 2 <= text_.size()) {
      const int high = hex_digit(text_[at_]);
      const int low = hex_digit(text_[at_ + 1]);
      at_ += 2;
      if (high >= 0 && low >= 0) return static_cast<char>(high * 16 + low);
    }
  }
  return failure_at(begin, R"(unknown escape (allowed: \", \\, \xNN with lower-case digits))");
}

Result<std::string> Lexer::quoted() {
  NETFIT_TRY(expect("\""));
  const std::size_t begin = at_ - 1;
  std::string content;
  while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\n') {
    char c = text_[at_++];
    if (c == '\\') c = NETFIT_TRY(escaped());
    content += c;
    if (content.size() > kMaxStringBytes) {
      return failure_at(begin, fmt::format("text in quotes has more than {} bytes", kMaxStringBytes));
    }
  }
  if (at_ == text_.size() || text_[at_] != '"') return failure_at(begin, "text in quotes does not end on its line");
  ++at_;
  return content;
}

std::string Lexer::attribute_value() {
  std::string value;
  bool in_list = false;
  constexpr std::string_view kEnds = "(){}\"#";
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (is_blank(c) && in_list) continue;
    if (is_blank(c) || kEnds.find(c) != std::string_view::npos) break;
    if (c == '[') in_list = true;
    if (c == ']') in_list = false;
    value += c;
  }
  return value;
}

base::Failure Lexer::failure_at(std::size_t offset, std::string what) const {
  const std::string_view before = text_.substr(0, offset);
  const auto line = 1 + std::ranges::count(before, '\n');
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  std::vector<base::Fault> faults{{fmt::format("line {}, column {}", line, offset - line_start + 1), std::move(what)}};
  return fail(Error(ErrorKind::BadInput, std::move(faults)));
}

std::string quoted_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      if (c == '"' || c == '\\') quoted += '\\';
      quoted += c;
    }
  }
  return quoted + '"';
}

std::string name_text(std::string_view name) {
  const bool bare = !name.empty() && std::ranges::all_of(name, &is_name) && !name.ends_with(':');
  return bare ? std::string(name) : quoted_text(name);
}

}  // namespace netfit::ir
