// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "select/option.h"

// For tests only: Options written out, and random ones.
namespace netfit::select {

inline Option make_option(const std::string& label, const std::vector<std::pair<Quantity, double>>& figures) {
  Option option{.label = label, .key = label, .model = "m", .scheme = "int8", .device = "d", .runtime = "r"};
  for (const auto& [quantity, value] : figures) {
    option.readings[quantity] = Reading::exact(quantity, value, base::Source::Analytic);
  }
  return option;
}

/// Options with few different figures, so that ties and duplicates are common, with intervals, and with gaps.
inline std::vector<Option> random_options(std::uint64_t seed) {
  base::Random random(seed);
  std::vector<Option> options;
  const std::int64_t count = random.integer(0, 30);
  const std::int64_t levels = random.integer(1, 12);
  const int gaps = random.chance(50) ? 0 : 15;
  for (std::int64_t i = 0; i < count; ++i) {
    Option option = make_option("o" + std::to_string(random.integer(0, 9)), {});
    option.key = std::to_string(i);
    option.scheme = random.chance(30) ? "float32" : "int8";
    for (const Quantity quantity :
         {Quantity::Top1, Quantity::Latency, Quantity::PeakRam, Quantity::Flash, Quantity::Energy}) {
      if (random.chance(gaps)) continue;
      const double value = quantity == Quantity::Top1 ? 80.0 + 1.25 * static_cast<double>(random.integer(1, levels))
                                                      : 37.5 * static_cast<double>(random.integer(1, levels));
      Reading reading = Reading::exact(quantity, value, base::Source::Analytic);
      reading.low -= 2.5 * static_cast<double>(random.integer(0, 4));
      reading.high += 1.25 * static_cast<double>(random.integer(0, 4));
      option.readings[quantity] = reading;
    }
    options.push_back(std::move(option));
  }
  return options;
}

}  // namespace netfit::select
