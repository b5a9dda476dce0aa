// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace netfit::ir {

/// A place in the text form, and the pieces that can be read from there. Blanks and comments between pieces are
/// skipped; nothing recurses, so no input can exhaust the stack.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  /// The offset of the next piece.
  std::size_t place();
  bool at_end() { return place() == text_.size(); }
  /// How many bytes are left: no list can have more elements.
  std::size_t remaining() const { return text_.size() - at_; }
  /// The next character, or '\0' at the end.
  char peek();

  /// Steps over `symbol` if it comes next.
  bool accept(std::string_view symbol);
  Result<void> expect(std::string_view symbol);

  /// Letters, digits and underscores; empty if something else comes next.
  std::string_view word();
  /// The word that comes next, without stepping over it.
  std::string_view peek_word();
  /// True if `word=` comes next, as before an attribute.
  bool at_attribute();

  /// The name of a value: bare, or in quotes.
  Result<std::string> name();
  /// Text in quotes.
  Result<std::string> quoted();
  /// Characters that can be part of a number; empty if something else comes next.
  std::string_view number();
  /// The value of an attribute: up to the next blank; blanks within brackets are dropped.
  std::string attribute_value();

  base::Failure failure(std::string what) { return failure_at(place(), std::move(what)); }
  base::Failure failure_at(std::size_t offset, std::string what) const;
  /// "found ...": what comes next, for messages.
  std::string found();

 private:
  std::string_view take_while(bool (*belongs)(char));
  Result<char> escaped();

  std::string_view text_;
  std::size_t at_ = 0;
};

/// A name as the text form shows it: in quotes where it has to be.
std::string name_text(std::string_view name);
/// Text in quotes, with escapes.
std::string quoted_text(std::string_view text);

}  // namespace netfit::ir
