// SPDX-License-Identifier: Apache-2.0
#include "base/reading.h"

#include <array>

namespace netfit::base {
namespace {

struct QuantityRow {
  std::string_view name;
  std::string_view unit;
};

// In the order of the enumeration.
constexpr std::array kQuantities{
    QuantityRow{"top1", "%"},      QuantityRow{"latency", "ms"},  QuantityRow{"peak_ram", "bytes"},
    QuantityRow{"arena", "bytes"}, QuantityRow{"flash", "bytes"}, QuantityRow{"file_size", "bytes"},
    QuantityRow{"energy", "mJ"},   QuantityRow{"macs", ""},       QuantityRow{"params", ""},
};

constexpr std::array<std::string_view, 5> kSources{"analytic", "calibrated", "simulated", "measured", "published"};

}  // namespace

std::string_view name(Quantity quantity) { return kQuantities.at(static_cast<std::size_t>(quantity)).name; }

std::optional<Quantity> find_quantity(std::string_view name) {
  for (std::size_t i = 0; i < kQuantities.size(); ++i) {
    if (kQuantities[i].name == name) return static_cast<Quantity>(i);
  }
  return std::nullopt;
}

std::string_view unit_of(Quantity quantity) { return kQuantities.at(static_cast<std::size_t>(quantity)).unit; }

std::string_view name(Source source) { return kSources.at(static_cast<std::size_t>(source)); }

std::optional<Source> find_source(std::string_view name) {
  for (std::size_t i = 0; i < kSources.size(); ++i) {
    if (kSources[i] == name) return static_cast<Source>(i);
  }
  return std::nullopt;
}

}  // namespace netfit::base
