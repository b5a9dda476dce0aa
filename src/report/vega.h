// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "report/chart.h"

namespace netfit::report {

/// A chart as a Vega-Lite specification, in JSON. It is as wide as its container, has no legend (the page has one) and
/// no colours but those of the palette: what else is drawn follows the page's theme.
std::string vega_spec(const Chart& chart);

}  // namespace netfit::report
