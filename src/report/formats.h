// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "report/report.h"

namespace netfit::report {

struct WriteOptions {
  std::string chart = "accuracy-latency";  ///< which one an SVG file shows (charts.h)
  std::filesystem::path vega;              ///< folder of the scripts that draw the charts of a page (libraries.h)
};

struct Format {
  std::string_view name;
  std::string_view extension;
  std::string_view summary;
  Result<std::string> (*write)(const Report& report, const WriteOptions& options);
};

/// Sorted by name.
std::span<const Format> formats();

/// The format that the extension of `path` names.
Result<const Format*> format_for(const std::filesystem::path& path);

// The writers. Equal reports give equal bytes.
Result<std::string> write_csv(const Report& report, const WriteOptions& options);
Result<std::string> write_html(const Report& report, const WriteOptions& options);
Result<std::string> write_json(const Report& report, const WriteOptions& options);
/// One chart of the report's only device.
Result<std::string> write_svg(const Report& report, const WriteOptions& options);

}  // namespace netfit::report
