// SPDX-License-Identifier: Apache-2.0
#include "calib/printed_core.h"

namespace netfit::calib {
namespace {

// The first name in what a table prints.
std::string_view first_name(std::string_view printed) {
  if (printed.starts_with("cortex-m0+")) return "cortex-m0+";
  return printed.substr(0, printed.find_first_of(" +|(,"));
}

}  // namespace

const device::Core* find_printed_core(std::string_view printed) { return device::find_core(first_name(printed)); }

std::string canonical_core(std::string_view printed) {
  const device::Core* core = find_printed_core(printed);
  return std::string(core != nullptr ? core->name : first_name(printed));
}

bool is_mixture(std::string_view printed) {
  const std::string_view rest = printed.substr(first_name(printed).size());
  return rest.find('+') != std::string_view::npos || rest.find('|') != std::string_view::npos ||
         rest.find("silver") != std::string_view::npos;
}

}  // namespace netfit::calib
