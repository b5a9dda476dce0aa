// SPDX-License-Identifier: Apache-2.0
#include "report/libraries.h"

#include <fmt/format.h>

#include "base/files.h"

namespace netfit::report {

Result<Libraries> load_libraries(const std::filesystem::path& folder) {
  Libraries libraries;
  const auto load = [&](const char* name, std::string& text) -> Result<void> {
    auto content = folder.empty() ? Result<std::string>(bad_input("not found")) : base::read_text(folder / name);
    if (!content) {
      return missing_program(
          fmt::format("an HTML report needs {} of Vega, which {} (tools/setup fetches it; .json, .csv "
                      "and .svg need nothing)",
                      name, folder.empty() ? "was not found" : "is not in " + folder.string()));
    }
    if (content->find("</script") != std::string::npos) {
      return bad_input(fmt::format("{} cannot stand inside a page: it contains '</script'", (folder / name).string()));
    }
    text = *std::move(content);
    return {};
  };
  NETFIT_TRY(load("vega.min.js", libraries.vega));
  NETFIT_TRY(load("vega-lite.min.js", libraries.vega_lite));
  NETFIT_TRY(load("vega-embed.min.js", libraries.vega_embed));
  NETFIT_TRY(load("LICENSES", libraries.licences));
  return libraries;
}

}  // namespace netfit::report
