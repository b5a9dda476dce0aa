// SPDX-License-Identifier: Apache-2.0
#include "device/description_files.h"

#include "device/names.h"

namespace netfit::device {
namespace fs = std::filesystem;

std::map<std::string, fs::path> list_descriptions(const Roots& roots, std::string_view folder) {
  std::map<std::string, fs::path> found;
  for (const fs::path& root : roots) {
    std::error_code error;
    fs::directory_iterator entry((root / folder).lexically_normal(), error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      const fs::path& path = entry->path();
      const std::string name = path.stem().string();
      if (path.extension() == ".toml" && is_name(name)) found.emplace(name, path);
    }
  }
  return found;
}

bool is_path(std::string_view spec) { return spec.ends_with(".toml"); }

}  // namespace netfit::device
