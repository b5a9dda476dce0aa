// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace netfit::report {

/// The page's style sheet and its own script, which draws the charts and sorts tables.
std::string_view page_style();
std::string_view page_script();

}  // namespace netfit::report
