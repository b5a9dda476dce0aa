// SPDX-License-Identifier: Apache-2.0
#include "report/chart_file.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/draw.h"

namespace netfit::report {

Result<void> check_chart_path(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".svg" || extension == ".html") return {};
  return bad_usage(
      fmt::format("a chart has no format for the extension '{}' (allowed: .html, .svg)", base::printable(extension)));
}

Result<std::string> write_chart(const Chart& chart, const std::filesystem::path& path,
                                const std::filesystem::path& vega) {
  NETFIT_TRY(check_chart_path(path));
  if (path.extension() == ".html") return write_chart_page(std::span(&chart, 1), vega);
  return draw(chart);
}

}  // namespace netfit::report
