// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/reading.h"
#include "report/chart.h"

namespace netfit::report {

/// The unit in which figures of a quantity are plotted: KiB for bytes below 1 MiB, ...
struct PlotUnit {
  double size = 1.0;  ///< in the quantity's own unit
  std::string_view name;
};
PlotUnit plot_unit(Quantity quantity, double most);

Span in_unit(const Reading& reading, const PlotUnit& unit);

/// "latency (ms)"
std::string axis_title(std::string_view what, const PlotUnit& unit);

/// An axis with room around all of `spans`; logarithmic where they differ by more than a factor of 30.
Axis axis_around(std::string title, std::span<const Span> spans);
/// From 0 to so much above `most` that a label at the end of a bar has room.
Axis axis_from_zero(std::string title, double most);

/// Where the ticks of `axis` are: about `wanted` of them, at 1, 2 or 5 times powers of ten.
std::vector<double> ticks_of(const Axis& axis, int wanted);

/// How many digits behind the point those ticks need, all alike; -1 where each needs its own (logarithmic axes).
int tick_decimals(const Axis& axis, int wanted);

/// From 0 at the low end of the axis to 1 at its high end.
double place_on(const Axis& axis, double value);

}  // namespace netfit::report
