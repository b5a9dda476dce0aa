// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace netfit::report {

/// Okabe and Ito's colours ("Color Universal Design", 2008), which colour-blind readers can tell apart; without black
/// and yellow, which vanish on dark and on white paper. The last one, a grey, is for all that has no colour of its own.
inline constexpr std::array<std::string_view, 7> kPalette{"#0072b2", "#e69f00", "#009e73", "#d55e00",
                                                          "#56b4e9", "#cc79a7", "#7f8790"};
inline constexpr std::size_t kGrey = kPalette.size() - 1;

/// Names of marks, as Vega knows them.
inline constexpr std::array<std::string_view, 5> kShapes{"circle", "square", "triangle-up", "diamond", "triangle-down"};

}  // namespace netfit::report
