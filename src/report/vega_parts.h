// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "report/chart.h"

// Pieces of Vega-Lite specifications.
namespace netfit::report {

using Json = nlohmann::ordered_json;

inline constexpr std::size_t kPlotHeight = 320;

Json field(const char* name, const char* type = "quantitative");

/// d0, d1, ...: what hovering shows, in a row, and their titles.
void add_details(Json& row, const std::vector<Detail>& details);
Json tooltip_of(const std::vector<Detail>& details);

/// A field with places of series, and the colours or shapes of those.
Json color_by(const char* name, const std::vector<Series>& series);
Json shape_by(const char* name, const std::vector<Series>& series);

Json axis_of(const char* name, const Axis& axis);

/// Keeps the rows of which `expression` is true.
Json filter(const std::string& expression);

/// A specification without its layers.
Json frame(Json values, std::size_t height, const std::string& description);

Json radar_spec(const Chart& chart, const RadarChart& radar);

}  // namespace netfit::report
