// SPDX-License-Identifier: Apache-2.0
#include "device/description_files.h"

#include <fmt/format.h>

#include "base/files.h"
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

Result<std::string> read_description(const fs::path& path) {
  constexpr std::uintmax_t kMostBytes = 256 * 1024;
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  const bool is_special = fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
  if (is_special) return fail(Error(ErrorKind::BadInput, "is no ordinary file").at(path.string()));
  const std::uintmax_t bytes = fs::file_size(path, error);
  if (!error && bytes > kMostBytes) {
    return fail(Error(ErrorKind::BadInput, fmt::format("has {} bytes (allowed: up to {})", bytes, kMostBytes))
                    .at(path.string()));
  }
  return base::read_text(path);
}

}  // namespace netfit::device
