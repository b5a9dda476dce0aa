// SPDX-License-Identifier: Apache-2.0
#include "ir/attr_types.h"

#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"
#include "base/text.h"

namespace netfit::ir {
namespace {

constexpr std::array<std::pair<Activation, std::string_view>, 4> kActivationNames{{
    {Activation::None, "none"},
    {Activation::Relu, "relu"},
    {Activation::Relu6, "relu6"},
    {Activation::ReluN1To1, "relu_n1_to_1"},
}};

template <typename Number>
Result<void> parse_number(std::string_view text, Number& value, std::string_view kind) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stopped == end) return {};
  return bad_input(fmt::format("'{}' is not {}", base::printable(text), kind));
}

Result<void> parse_list(std::string_view text, char separator, std::vector<std::int64_t>& values) {
  values.clear();
  for (const std::string& part : base::split(text, separator)) {
    std::int64_t value = 0;
    NETFIT_TRY(parse_attr(part, value));
    values.push_back(value);
  }
  return {};
}

}  // namespace

ActivationRange range_of(Activation activation) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  switch (activation) {
    case Activation::None:
      return {-kInfinity, kInfinity};
    case Activation::Relu:
      return {0.0F, kInfinity};
    case Activation::Relu6:
      return {0.0F, 6.0F};
    case Activation::ReluN1To1:
      return {-1.0F, 1.0F};
  }
  NETFIT_UNREACHABLE();
}

std::string attr_text(std::int64_t value) { return fmt::format("{}", value); }
std::string attr_text(float value) { return fmt::format("{}", value); }
std::string attr_text(bool value) { return value ? "true" : "false"; }
std::string attr_text(const Extent2d& value) { return fmt::format("{}x{}", value.height, value.width); }
std::string attr_text(const Padding2d& value) {
  return fmt::format("{},{},{},{}", value.top, value.bottom, value.left, value.right);
}
std::string attr_text(Activation value) {
  for (const auto& [activation, name] : kActivationNames) {
    if (activation == value) return std::string(name);
  }
  NETFIT_UNREACHABLE();
}
std::string attr_text(DType value) { return std::string(tensor::name(value)); }
std::string attr_text(const std::string& value) { return value; }
std::string attr_text(const std::vector<std::int64_t>& value) { return fmt::format("[{}]", fmt::join(value, ",")); }

Result<void> parse_attr(std::string_view text, std::int64_t& value) {
  return parse_number(text, value, "a whole number");
}
Result<void> parse_attr(std::string_view text, float& value) { return parse_number(text, value, "a number"); }
Result<void> parse_attr(std::string_view text, bool& value) {
  if (text != "true" && text != "false") {
    return bad_input(fmt::format("'{}' is neither true nor false", base::printable(text)));
  }
  value = text == "true";
  return {};
}
Result<void> parse_attr(std::string_view text, Extent2d& value) {
  std::vector<std::int64_t> parts;
  NETFIT_TRY(parse_list(text, 'x', parts));
  if (parts.size() != 2) {
    return bad_input(fmt::format("'{}' is not height x width, as in 3x3", base::printable(text)));
  }
  value = {parts[0], parts[1]};
  return {};
}
Result<void> parse_attr(std::string_view text, Padding2d& value) {
  std::vector<std::int64_t> parts;
  NETFIT_TRY(parse_list(text, ',', parts));
  if (parts.size() != 4) {
    return bad_input(fmt::format("'{}' is not top,bottom,left,right", base::printable(text)));
  }
  value = {parts[0], parts[1], parts[2], parts[3]};
  return {};
}
Result<void> parse_attr(std::string_view text, Activation& value) {
  for (const auto& [activation, name] : kActivationNames) {
    if (name != text) continue;
    value = activation;
    return {};
  }
  return bad_input(
      fmt::format("'{}' is no activation (allowed: none, relu, relu6, relu_n1_to_1)", base::printable(text)));
}
Result<void> parse_attr(std::string_view text, DType& value) {
  const std::optional<DType> found = tensor::find_dtype(text);
  if (!found) return bad_input(fmt::format("'{}' is no element type", base::printable(text)));
  value = *found;
  return {};
}
Result<void> parse_attr(std::string_view text, std::string& value) {
  value = text;
  return {};
}
Result<void> parse_attr(std::string_view text, std::vector<std::int64_t>& value) {
  if (text.size() < 2 || text.front() != '[' || text.back() != ']') {
    return bad_input(fmt::format("'{}' is not a list, as in [1,2]", base::printable(text)));
  }
  text = text.substr(1, text.size() - 2);
  if (base::trim(text).empty()) {
    value.clear();
    return {};
  }
  return parse_list(text, ',', value);
}

}  // namespace netfit::ir
