// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "select/option.h"

namespace netfit::report {

/// "30 to 61 ms": the unit once where both ends have the same. Empty for an exact figure.
std::string interval_in_words(const Reading& reading);

/// "45.25 ms (30 to 61 ms, analytic)", or "unavailable: <reason>".
std::string figure_in_words(const select::Option& option, Quantity quantity);

}  // namespace netfit::report
