// SPDX-License-Identifier: Apache-2.0
#include "support/paths.h"

#include <cstdlib>

namespace netfit::support {
namespace fs = std::filesystem;
namespace {

std::optional<fs::path> existing(const char* variable, const fs::path& fallback, const fs::path& below = {}) {
  const char* word = std::getenv(variable);
  const fs::path path = (word != nullptr ? fs::path(word) : fallback) / below;
  if (fs::exists(path)) return path;
  return std::nullopt;
}

}  // namespace

std::vector<fs::path> site_packages() {
  if (const char* word = std::getenv("NETFIT_SITE_PACKAGES")) return {fs::path(word)};
  std::vector<fs::path> found;
  const fs::path lib = "build/oracles/lib";
  if (!fs::is_directory(lib)) return found;
  for (const fs::directory_entry& python : fs::directory_iterator(lib)) {
    if (fs::is_directory(python.path() / "site-packages")) found.push_back(python.path() / "site-packages");
  }
  return found;
}

std::optional<fs::path> cifar10() { return existing("NETFIT_CIFAR10", "build/cifar10"); }

std::optional<fs::path> mlperf_tiny() { return existing("NETFIT_SHARED", "../shared", "models/mlperf_tiny"); }

std::optional<fs::path> ncnn_models() { return existing("NETFIT_SHARED", "../shared", "models/ncnn"); }

fs::path zoo() { return "zoo"; }

}  // namespace netfit::support
