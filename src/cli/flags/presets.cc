// SPDX-License-Identifier: Apache-2.0
#include "cli/flags/presets.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace netfit::cli {
namespace {

Preset read_preset(const TomlEntry& entry, Diagnostics& diagnostics) {
  Preset preset{.name = entry.key};
  const std::optional<std::vector<TomlEntry>> table = table_of(entry, diagnostics);
  if (!table) return preset;
  for (const TomlEntry& inner : *table) {
    if (inner.key == "summary") {
      preset.summary = text_of(inner, diagnostics).value_or("");
    } else if (inner.key == "device") {
      preset.device = text_of(inner, diagnostics).value_or("");
    } else if (!read_wish(inner, preset.wishes, diagnostics)) {
      std::vector<std::string> keys = wish_keys();
      keys.insert(keys.end(), {"device", "summary"});
      report_unknown(inner, keys, diagnostics);
    }
  }
  return preset;
}

}  // namespace

Result<std::vector<Preset>> load_presets(const Environment& environment) {
  std::vector<Preset> presets;
  Diagnostics diagnostics;
  for (const std::filesystem::path& root : environment.device_roots) {
    std::error_code ignored;
    if (!std::filesystem::exists(root / "presets.toml", ignored)) continue;
    const std::vector<TomlEntry> entries = NETFIT_TRY(load_toml(root / "presets.toml"));
    for (const TomlEntry& entry : entries) {
      Preset preset = read_preset(entry, diagnostics);
      const bool known = std::ranges::count(presets, preset.name, &Preset::name) > 0;
      if (!known) presets.push_back(std::move(preset));
    }
  }
  NETFIT_TRY(diagnostics.result());
  return presets;
}

Result<std::vector<Preset>> find_presets(std::span<const std::string> names, const Environment& environment) {
  std::vector<Preset> chosen;
  if (names.empty()) return chosen;
  const std::vector<Preset> presets = NETFIT_TRY(load_presets(environment));
  std::vector<std::string> known;
  for (const Preset& preset : presets) known.push_back(preset.name);
  for (const std::string& name : names) {
    const auto found = std::ranges::find(presets, name, &Preset::name);
    if (found == presets.end()) {
      const std::optional<std::string> nearest = base::nearest_word(name, known);
      return bad_usage(fmt::format("unknown preset '{}'{} (allowed: {})", base::printable(name),
                                   nearest ? fmt::format(", did you mean '{}'?", *nearest) : "",
                                   base::join(known, ", ")));
    }
    chosen.push_back(*found);
  }
  return chosen;
}

}  // namespace netfit::cli
