// SPDX-License-Identifier: Apache-2.0
#include "calib/core_sheet.h"

#include <algorithm>
#include <array>
#include <utility>

namespace netfit::calib {
namespace {

// Peak rates: width and number of the vector pipes, from Arm's software optimization guides and, for Apple's cores,
// Johnson's instruction tables (docs/cost-models.md). M profile: sustained products of 8 bits, dual 16-bit MACs less
// loads. Sorted by name.
// clang-format off
constexpr std::array kSheets{
    CoreSheet{"apple-a11", 12.0, true, false, true},
    CoreSheet{"apple-a12", 12.0, true, false, true},
    CoreSheet{"apple-a7", 8.0, true, false, false},
    CoreSheet{"apple-m1", 16.0, true, true, true},
    CoreSheet{"apple-m3", 16.0, true, true, true},
    CoreSheet{"arm1176", 0.5, false, false, false},
    CoreSheet{"carmel", 8.0, true, true, true},
    CoreSheet{"cortex-a15", 4.0, true, false, false},
    CoreSheet{"cortex-a17", 2.0, true, false, false},
    CoreSheet{"cortex-a53", 4.0, false, false, false},
    CoreSheet{"cortex-a55", 4.0, false, true, true},
    CoreSheet{"cortex-a57", 4.0, true, false, false},
    CoreSheet{"cortex-a7", 1.0, false, false, false},
    CoreSheet{"cortex-a710", 8.0, true, true, true},
    CoreSheet{"cortex-a72", 4.0, true, false, false},
    CoreSheet{"cortex-a720", 8.0, true, true, true},
    CoreSheet{"cortex-a73", 4.0, true, false, false},
    CoreSheet{"cortex-a75", 8.0, true, true, true},
    CoreSheet{"cortex-a76", 8.0, true, true, true},
    CoreSheet{"cortex-a77", 8.0, true, true, true},
    CoreSheet{"cortex-a78", 8.0, true, true, true},
    CoreSheet{"cortex-a78ae", 8.0, true, true, true},
    CoreSheet{"cortex-a9", 1.0, true, false, false},
    CoreSheet{"cortex-m0", 0.15, false, false, false},
    CoreSheet{"cortex-m33", 0.5, false, false, false},
    CoreSheet{"cortex-m4", 0.45, false, false, false},
    CoreSheet{"cortex-m55", 4.0, false, true, true},
    CoreSheet{"cortex-m7", 0.9, false, false, false},
    CoreSheet{"cortex-m85", 4.0, false, true, true},
    CoreSheet{"cortex-x1", 16.0, true, true, true},
    CoreSheet{"denver2", 8.0, true, false, false},
    CoreSheet{"kryo", 8.0, true, false, false},
    CoreSheet{"x86", 16.0, true, false, false},
};

// Cores that are derived from another, and names that say less than they could.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kKin{{
    {"firestorm", "apple-m1"},
    {"kryo260-gold", "cortex-a73"},
    {"kryo280-gold", "cortex-a73"},
    {"kryo360-gold", "cortex-a75"},
    {"kryo385-gold", "cortex-a75"},
    {"kryo475", "cortex-a76"},
    {"kryo485-gold", "cortex-a76"},
    {"cortex-m0+", "cortex-m0"},
}};
// clang-format on

// The first name in what a table prints.
std::string_view first_name(std::string_view printed) {
  if (printed.starts_with("cortex-m0+")) return "cortex-m0+";
  return printed.substr(0, printed.find_first_of(" +|(,"));
}

}  // namespace

const CoreSheet* find_core_sheet(std::string_view printed) {
  std::string_view name = first_name(printed);
  const auto* kin = std::ranges::find(kKin, name, [](const auto& pair) { return pair.first; });
  if (kin != kKin.end()) name = kin->second;
  const auto* sheet = std::ranges::lower_bound(kSheets, name, {}, &CoreSheet::name);
  return sheet != kSheets.end() && sheet->name == name ? sheet : nullptr;
}

std::string canonical_core(std::string_view printed) {
  const CoreSheet* sheet = find_core_sheet(printed);
  return std::string(sheet != nullptr ? sheet->name : first_name(printed));
}

bool is_mixture(std::string_view printed) {
  const std::string_view rest = printed.substr(first_name(printed).size());
  return rest.find('+') != std::string_view::npos || rest.find('|') != std::string_view::npos ||
         rest.find("silver") != std::string_view::npos;
}

}  // namespace netfit::calib
