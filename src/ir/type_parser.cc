// SPDX-License-Identifier: Apache-2.0
#include "ir/type_parser.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/text.h"
#include "ir/literal.h"
#include "ir/quant_rules.h"

namespace netfit::ir {
namespace {

// `[` item `,` item ... `]`
template <typename T, typename Item>
Result<std::vector<T>> parse_bracketed(Lexer& lexer, const Item& item) {
  NETFIT_TRY(lexer.expect("["));
  std::vector<T> items;
  if (lexer.accept("]")) return items;
  do {
    items.push_back(NETFIT_TRY(item()));
  } while (lexer.accept(","));
  NETFIT_TRY(lexer.expect("]"));
  return items;
}

Result<std::int32_t> parse_int32(Lexer& lexer) {
  using Limits = std::numeric_limits<std::int32_t>;
  const std::size_t place = lexer.place();
  const std::int64_t value = NETFIT_TRY(parse_integer(lexer));
  if (value < Limits::min() || value > Limits::max()) {
    return lexer.failure_at(place, fmt::format("{} does not fit 32 bits", value));
  }
  return static_cast<std::int32_t>(value);
}

Result<QuantParams> parse_per_tensor(Lexer& lexer) {
  const float scale = NETFIT_TRY(parse_float(lexer));
  std::int32_t zero_point = 0;
  if (lexer.accept(",")) zero_point = NETFIT_TRY(parse_int32(lexer));
  return QuantParams::per_tensor(scale, zero_point);
}

Result<QuantParams> parse_per_channel(Lexer& lexer) {
  NETFIT_TRY(lexer.expect("="));
  const std::int32_t axis = NETFIT_TRY(parse_int32(lexer));
  NETFIT_TRY(lexer.expect(","));
  std::vector<float> scales = NETFIT_TRY(parse_bracketed<float>(lexer, [&] { return parse_float(lexer); }));
  QuantParams quant = QuantParams::per_channel(std::move(scales), axis);
  if (lexer.accept(",")) {
    quant.zero_points = NETFIT_TRY(parse_bracketed<std::int32_t>(lexer, [&] { return parse_int32(lexer); }));
  }
  return quant;
}

Result<std::vector<float>> parse_channels(const std::string& text) {
  if (text.size() < 3 || text.front() != '[' || text.back() != ']') {
    return bad_input(fmt::format("'{}' is not a list, as in [0.5,0.5,0.5]", base::printable(text, 40)));
  }
  std::vector<float> values;
  for (const std::string& part : base::split(std::string_view(text).substr(1, text.size() - 2), ',')) {
    values.emplace_back();
    NETFIT_TRY(parse_attr(part, values.back()));
  }
  return values;
}

}  // namespace

Result<TensorType> parse_type(Lexer& lexer) {
  const std::size_t place = lexer.place();
  const std::string found = lexer.found();
  const std::optional<DType> dtype = tensor::find_dtype(lexer.word());
  if (!dtype) return lexer.failure_at(place, "expected an element type, as in f32[1,2], " + found);
  const std::vector<std::int64_t> dims =
      NETFIT_TRY(parse_bracketed<std::int64_t>(lexer, [&] { return parse_integer(lexer); }));
  Result<Shape> shape = Shape::create(dims);
  if (!shape) return lexer.failure_at(place, shape.error().what());
  return TensorType{*dtype, std::move(*shape)};
}

Result<std::optional<QuantParams>> parse_quant(Lexer& lexer) {
  if (lexer.peek_word() != "q") return std::nullopt;
  lexer.accept("q");
  NETFIT_TRY(lexer.expect("("));
  const bool per_channel = lexer.accept("axis");
  QuantParams quant = NETFIT_TRY(per_channel ? parse_per_channel(lexer) : parse_per_tensor(lexer));
  NETFIT_TRY(lexer.expect(")"));
  return std::optional(std::move(quant));
}

Result<std::optional<Interval>> parse_range(Lexer& lexer) {
  if (lexer.peek_word() != "r") return std::nullopt;
  lexer.accept("r");
  NETFIT_TRY(lexer.expect("("));
  Interval range{.low = NETFIT_TRY(parse_float(lexer))};
  NETFIT_TRY(lexer.expect(","));
  range.high = NETFIT_TRY(parse_float(lexer));
  NETFIT_TRY(lexer.expect(")"));
  return range;
}

Result<std::vector<AttrText>> parse_attributes(Lexer& lexer) {
  std::vector<AttrText> attributes;
  while (lexer.at_attribute()) {
    const std::size_t place = lexer.place();
    std::string name(lexer.word());
    if (std::ranges::find(attributes, name, &AttrText::name) != attributes.end()) {
      return lexer.failure_at(place, fmt::format("attribute '{}' is given twice", base::printable(name, 40)));
    }
    NETFIT_TRY(lexer.expect("="));
    attributes.push_back({std::move(name), lexer.attribute_value()});
    // No op has more, and the search for duplicates above is quadratic.
    if (attributes.size() > 64) return lexer.failure_at(place, "more than 64 attributes");
  }
  return attributes;
}

Result<Layout> parse_layout(Lexer& lexer) {
  if (!lexer.at_attribute()) return Layout::ChannelsLast;
  const std::size_t place = lexer.place();
  const bool named = lexer.accept("layout=");
  const std::string_view layout = lexer.word();
  if (named && layout == "channels_first") return Layout::ChannelsFirst;
  if (named && layout == "channels_last") return Layout::ChannelsLast;
  return lexer.failure_at(place, "expected layout=channels_first or layout=channels_last");
}

std::optional<QuantParams> implied_quant(const NodeView& node, DType dtype) {
  if (node.op().quant == QuantRule::Unit) return unit_params(dtype);
  if (node.op().quant == QuantRule::SameAsData && node.has_input(0) && node.input(0).dtype == dtype) {
    return node.input(0).quant;
  }
  return std::nullopt;
}

Result<Preprocessing> parse_preprocessing(std::span<const AttrText> fields) {
  Preprocessing record;
  for (const AttrText& field : fields) {
    if (field.name == "scale") {
      NETFIT_TRY(parse_attr(field.value, record.scale));
    } else if (field.name == "mean") {
      record.mean = NETFIT_TRY(parse_channels(field.value));
    } else if (field.name == "std") {
      record.std = NETFIT_TRY(parse_channels(field.value));
    } else if (field.name == "order" && (field.value == "rgb" || field.value == "bgr")) {
      record.order = field.value == "rgb" ? ColorOrder::Rgb : ColorOrder::Bgr;
    } else {
      return bad_input(fmt::format("preprocessing has no {}={} (allowed: scale, mean, std, order=rgb, order=bgr)",
                                   base::printable(field.name, 40), base::printable(field.value, 40)));
    }
  }
  return record;
}

}  // namespace netfit::ir
