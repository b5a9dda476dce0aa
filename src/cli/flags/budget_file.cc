// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/budget_file.h"

#include <vector>

#include "cli/flags/toml_file.h"

namespace netfit::cli {

Result<Budget> load_budget(const std::string& path) {
  Budget budget;
  if (path.empty()) return budget;
  Diagnostics diagnostics;
  const std::vector<TomlEntry> entries = NETFIT_TRY(load_toml(path));
  for (const TomlEntry& entry : entries) {
    if (entry.key == "device") {
      budget.device = text_of(entry, diagnostics).value_or("");
    } else if (entry.key == "runtime") {
      budget.runtime = text_of(entry, diagnostics).value_or("");
    } else if (entry.key == "objective" || !read_wish(entry, budget.wishes, diagnostics)) {
      std::vector<std::string> keys = wish_keys();
      std::erase(keys, "objective");
      keys.insert(keys.end(), {"device", "runtime"});
      report_unknown(entry, keys, diagnostics);
    }
  }
  NETFIT_TRY(diagnostics.result());
  return budget;
}

}  // namespace netfit::cli
