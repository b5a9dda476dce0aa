// SPDX-License-Identifier: Apache-2.0
#include "select/words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "select/dimension.h"

namespace netfit::select {
namespace {

constexpr int kDigits = 4;
constexpr int kMostDigits = 17;

struct Scale {
  double from;  // used for figures of at least that size
  double size;  // what one of the unit is
  std::string_view unit;
};

constexpr std::array kBytes{Scale{1048576, 1048576, " MiB"}, Scale{1024, 1024, " KiB"}, Scale{0, 1, " bytes"}};
constexpr std::array kTime{Scale{1000, 1000, " s"}, Scale{1, 1, " ms"}, Scale{0, 0.001, " us"}};
constexpr std::array kEnergy{Scale{1000, 1000, " J"}, Scale{1, 1, " mJ"}, Scale{0, 0.001, " uJ"}};
constexpr std::array kPower{Scale{1000, 1000, " W"}, Scale{1, 1, " mW"}, Scale{0, 0.001, " uW"}};
constexpr std::array kPercent{Scale{0, 1, " %"}};
constexpr std::array kShare{Scale{0, 0.01, " %"}};
constexpr std::array kCount{Scale{1e6, 1e6, " M"}, Scale{0, 1, ""}};

// In the order of Dimension.
constexpr std::array<std::span<const Scale>, 7> kScales{kTime, kBytes, kEnergy, kPower, kShare, kPercent, kCount};

std::span<const Scale> scales_of(auto limited_or_quantity) {
  return kScales.at(static_cast<std::size_t>(dimension_of(limited_or_quantity)));
}

struct Shown {
  std::string text;
  double value;  // what the text says, in the figure's unit
};

std::string trimmed(std::string number) {
  if (number.find('.') == std::string::npos) return number;
  number.erase(number.find_last_not_of('0') + 1);
  if (number.back() == '.') number.pop_back();
  return number;
}

const Scale& scale_of(std::span<const Scale> scales, double figure) {
  const auto scale = std::ranges::find_if(scales, [&](const Scale& s) { return std::abs(figure) >= s.from; });
  return scale == scales.end() ? scales.back() : *scale;
}

// How many digits behind the point make `digits` in all.
int decimals_of(double number, int digits) {
  const int before_point = number == 0.0 ? 1 : static_cast<int>(std::floor(std::log10(std::abs(number)))) + 1;
  return std::clamp(digits - before_point, 0, 30);
}

Shown show_number(double number, int decimals, const Scale& scale) {
  const std::string text = trimmed(fmt::format("{:.{}f}", number, decimals));
  return {text + std::string(scale.unit), std::strtod(text.c_str(), nullptr) * scale.size};
}

Shown show(std::span<const Scale> scales, double figure, int digits) {
  const Scale& scale = scale_of(scales, figure);
  const double number = figure / scale.size;
  return show_number(number, decimals_of(number, digits), scale);
}

// "2.1x faster", "halves flash": how one quantity that is better when less changes.
std::string factor_in_words(Quantity quantity, double ratio) {
  if (quantity == Quantity::Latency) {
    return ratio < 1.0 ? fmt::format("{:.2f}x faster", 1.0 / ratio) : fmt::format("{:.2f}x slower", ratio);
  }
  const std::string_view what = in_words(quantity);
  if (ratio > 0.48 && ratio < 0.52) return fmt::format("halves {}", what);
  if (ratio > 0.24 && ratio < 0.26) return fmt::format("quarters {}", what);
  return fmt::format("{:.2f}x {}", ratio, what);
}

}  // namespace

std::string in_words(Limited limited, double figure) { return show(scales_of(limited), figure, kDigits).text; }

std::string in_words(Quantity quantity, double value) { return show(scales_of(quantity), value, kDigits).text; }

std::string_view in_words(Quantity quantity) {
  switch (quantity) {
    case Quantity::Top1:
      return "top-1";
    case Quantity::PeakRam:
      return "peak RAM";
    case Quantity::FileSize:
      return "file size";
    case Quantity::Macs:
      return "MACs";
    default:
      return base::name(quantity);
  }
}

std::string enough_in_words(Limited limited, double figure) {
  const Scale& scale = scale_of(scales_of(limited), figure);
  double number = figure / scale.size;
  const int decimals = decimals_of(number, kDigits);
  const double step = std::pow(10.0, -decimals) * (is_floor(limited) ? -0.5 : 0.5);
  while (true) {
    const Shown shown = show_number(number, decimals, scale);
    if (shortfall(figure, {limited, shown.value}) <= 0.0) return shown.text;
    number += step;
  }
}

std::string against_limit(const Limit& limit, double figure) {
  const std::span<const Scale> scales = scales_of(limit.limited);
  const bool holds = shortfall(figure, limit) <= 0.0;
  for (int digits = kDigits;; ++digits) {
    const Shown given = show(scales, figure, digits);
    const Shown allowed = show(scales, limit.allowed, digits);
    const bool seems_to_hold = shortfall(given.value, {limit.limited, allowed.value}) <= 0.0;
    if (holds != seems_to_hold && digits < kMostDigits) continue;
    if (holds)
      return fmt::format("{}, {} {}", given.text, allowed.text, is_floor(limit.limited) ? "demanded" : "allowed");
    return fmt::format("{}, {} {}, {} missing", given.text, allowed.text,
                       is_floor(limit.limited) ? "demanded" : "allowed",
                       in_words(limit.limited, shortfall(figure, limit)));
  }
}

std::string change_in_words(const Option& from, const Option& to) {
  std::vector<std::string> changes;
  for (const Quantity quantity : {Quantity::Latency, Quantity::PeakRam, Quantity::Flash, Quantity::Energy}) {
    const Reading* before = from.find(quantity);
    const Reading* after = to.find(quantity);
    if (before == nullptr || after == nullptr || before->value <= 0.0 || after->value <= 0.0) continue;
    const double ratio = after->value / before->value;
    if (std::abs(ratio - 1.0) >= 0.005) changes.push_back(factor_in_words(quantity, ratio));
  }
  const Reading* before = from.find(Quantity::Top1);
  const Reading* after = to.find(Quantity::Top1);
  if (before != nullptr && after != nullptr && std::abs(after->value - before->value) >= 0.005) {
    changes.push_back(fmt::format("{:+.2f} points", after->value - before->value));
  }
  return base::join(changes, ", ");
}

}  // namespace netfit::select
