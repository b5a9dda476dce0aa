// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "base/result.h"
#include "report/chart.h"

// A chart by itself, outside any report.
namespace netfit::report {

/// Fails unless the extension is one of those that write_chart knows.
Result<void> check_chart_path(const std::filesystem::path& path);

/// As .svg a picture, as .html a page that opens offline; `vega` is the folder of the scripts that draw it
/// (libraries.h).
Result<std::string> write_chart(const Chart& chart, const std::filesystem::path& path,
                                const std::filesystem::path& vega);

/// Several, at least one, under the title of the first.
Result<std::string> write_chart_page(std::span<const Chart> charts, const std::filesystem::path& vega);

}  // namespace netfit::report
