// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "report/chart.h"

namespace netfit::report {

/// A chart as an SVG picture of 720 pixels width, for paper of any kind: always on white.
std::string draw(const Chart& chart);

}  // namespace netfit::report
