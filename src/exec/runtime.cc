// SPDX-License-Identifier: Apache-2.0
#include "exec/runtime.h"

#include <algorithm>

#include <fmt/format.h>

namespace netfit::exec {
namespace fs = std::filesystem;
namespace {

// Files of `folder` whose names begin with `prefix` and end with `suffix`, sorted. Unreadable folders have none.
std::vector<fs::path> matching_files(const fs::path& folder, std::string_view prefix, std::string_view suffix) {
  std::vector<fs::path> found;
  std::error_code ignored;
  for (fs::directory_iterator entry(folder, ignored), end; !ignored && entry != end; entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(prefix) && name.ends_with(suffix)) found.push_back(entry->path());
  }
  std::ranges::sort(found);
  return found;
}

// Where a wheel puts its library, below site-packages.
struct Wheel {
  std::string_view runtime;
  std::string_view package;
  std::string_view folder;
  std::string_view library_prefix;
};

// A wheel's metadata folder is named <package>-<version>.dist-info.
std::string wheel_version(const fs::path& site, const Wheel& wheel) {
  const std::string prefix = fmt::format("{}-", wheel.package);
  constexpr std::string_view kSuffix = ".dist-info";
  const std::vector<fs::path> found = matching_files(site, prefix, kSuffix);
  if (found.empty()) return "unknown";
  const std::string name = found.front().filename().string();
  return name.substr(prefix.size(), name.size() - prefix.size() - kSuffix.size());
}

Result<RuntimeLibrary> find_wheel(std::span<const fs::path> site_packages, const Wheel& wheel) {
  std::string looked;
  for (const fs::path& site : site_packages) {
    const fs::path folder = site / wheel.folder;
    const std::vector<fs::path> found = matching_files(folder, wheel.library_prefix, "");
    if (!found.empty()) return RuntimeLibrary{std::string(wheel.runtime), wheel_version(site, wheel), found.front()};
    looked += fmt::format("{}'{}'", looked.empty() ? "" : ", ", folder.string());
  }
  if (looked.empty()) looked = "no folder, for no site-packages is known";
  return missing_program(fmt::format("{} is not installed: no {} in {}", wheel.runtime, wheel.library_prefix, looked));
}

}  // namespace

Result<RuntimeLibrary> find_litert(std::span<const fs::path> site_packages) {
  return find_wheel(site_packages, {"litert", "ai_edge_litert", "ai_edge_litert", "libLiteRt.so"});
}

Result<RuntimeLibrary> find_onnxruntime(std::span<const fs::path> site_packages) {
  return find_wheel(site_packages, {"onnxruntime", "onnxruntime", "onnxruntime/capi", "libonnxruntime.so."});
}

}  // namespace netfit::exec
