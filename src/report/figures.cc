// SPDX-License-Identifier: Apache-2.0
#include "report/figures.h"

#include <string_view>

#include <fmt/format.h>

#include "report/text.h"
#include "select/words.h"

namespace netfit::report {
namespace {

std::string_view unit_of(std::string_view words) {
  const std::size_t space = words.rfind(' ');
  return space == std::string_view::npos ? std::string_view() : words.substr(space);
}

}  // namespace

std::string interval_in_words(const Reading& reading) {
  if (reading.low == reading.high) return {};
  std::string low = select::in_words(reading.quantity, reading.low);
  const std::string high = select::in_words(reading.quantity, reading.high);
  if (unit_of(low) == unit_of(high)) low.resize(low.size() - unit_of(low).size());
  return fmt::format("{} to {}", low, high);
}

std::string figure_in_words(const select::Option& option, Quantity quantity) {
  const Reading* reading = option.find(quantity);
  if (reading == nullptr) return "unavailable: " + shown(option.why_missing(quantity), 200);
  const std::string interval = interval_in_words(*reading);
  return fmt::format("{} ({}{}{})", select::in_words(quantity, reading->value), interval, interval.empty() ? "" : ", ",
                     base::name(reading->source));
}

}  // namespace netfit::report
