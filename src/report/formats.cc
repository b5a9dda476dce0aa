// SPDX-License-Identifier: Apache-2.0
#include "report/formats.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::report {
namespace {

constexpr std::array kFormats{
    Format{"csv", ".csv", "one line per run, for spreadsheets", &write_csv},
    Format{"html", ".html", "a page with everything in it, to look at offline", &write_html},
    Format{"json", ".json", "everything, for programs", &write_json},
    Format{"svg", ".svg", "one chart", &write_svg},
};

}  // namespace

std::span<const Format> formats() { return kFormats; }

Result<const Format*> format_for(const std::filesystem::path& path) {
  const std::string extension = path.extension().string();
  const auto found = std::ranges::find(kFormats, extension, &Format::extension);
  if (found != kFormats.end()) return &*found;
  std::vector<std::string> allowed;
  for (const Format& format : kFormats) allowed.emplace_back(format.extension);
  return bad_usage(fmt::format("a report has no format for the extension '{}' (allowed: {})",
                               base::printable(extension), base::join(allowed, ", ")));
}

}  // namespace netfit::report
