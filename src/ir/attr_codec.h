// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <tuple>

#include "ir/attr_types.h"
#include "ir/attrs.h"

namespace netfit::ir {

/// One `name=value` of the text form.
struct AttrText {
  std::string name;
  std::string value;
};

/// How the attributes of an op become text and back. Two Attrs of one op are equal when their texts are.
struct AttrCodec {
  /// " name=value" for every field that differs from its default, in declaration order.
  std::string (*print)(const Attrs& attrs);
  Result<Attrs> (*parse)(std::span<const AttrText> fields);
};

/// A struct of attributes lists its fields once, as
///   static constexpr auto fields() { return std::tuple{Field{"stride", &Conv2dAttrs::stride}, ...}; }
template <typename Struct, typename Member>
struct Field {
  std::string_view name;
  Member Struct::*member;
};
template <typename Struct, typename Member>
Field(const char*, Member Struct::*) -> Field<Struct, Member>;

base::Failure unknown_attribute(std::string_view name);
base::Failure bad_attribute(std::string_view name, Error error);

template <typename T>
std::string print_attrs(const Attrs& attrs) {
  const T& value = attrs.as<T>();
  const T defaults{};
  std::string text;
  const auto print_field = [&](const auto& field) {
    if (value.*field.member == defaults.*field.member) return;
    text.append(" ").append(field.name).append("=").append(attr_text(value.*field.member));
  };
  std::apply([&](const auto&... field) { (print_field(field), ...); }, T::fields());
  return text;
}

template <typename T>
Result<Attrs> parse_attrs(std::span<const AttrText> texts) {
  T value{};
  for (const AttrText& text : texts) {
    bool known = false;
    Result<void> parsed;
    const auto parse_field = [&](const auto& field) {
      if (field.name != text.name) return;
      known = true;
      parsed = parse_attr(text.value, value.*field.member);
    };
    std::apply([&](const auto&... field) { (parse_field(field), ...); }, T::fields());
    if (!known) return unknown_attribute(text.name);
    if (!parsed) return bad_attribute(text.name, std::move(parsed).error());
  }
  return Attrs::of(std::move(value));
}

template <typename T>
inline constexpr AttrCodec kCodec{&print_attrs<T>, &parse_attrs<T>};

/// For ops without attributes.
struct NoAttrs {
  static constexpr auto fields() { return std::tuple{}; }
};

}  // namespace netfit::ir
