// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "report/chart.h"
#include "report/report.h"

// Pieces of the HTML page. All give markup.
namespace netfit::report {

/// The recommendation of one device with its figures and reasons, or what is in the way.
std::string recommendation_card(const DevicePart& part);

/// "Limits: latency at most 200 ms. Objective: memory."
std::string request_line(const select::Request& request);

/// The entries, at most `most` of them.
std::string overview_table(const DevicePart& part, std::size_t most);

/// The featured entry by layer: what the charts of layers, memory and energy show, in figures.
std::string layer_table(const DevicePart& part);

std::string method_table(const Report& report);

/// A chart's place on the page with title, caption and legend; specification `place` is drawn into it. Without
/// scripts the picture of draw() stands there.
std::string chart_figure(const Chart& chart, std::size_t place);

}  // namespace netfit::report
