// SPDX-License-Identifier: Apache-2.0
#include "cli/check_writable.h"

#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <unistd.h>

namespace netfit::cli {
namespace fs = std::filesystem;

Result<void> check_writable(const fs::path& path) {
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  // Devices and pipes are written in place, everything else beside itself.
  const bool special = fs::exists(status) && !fs::is_regular_file(status);
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (fs::is_directory(status)) {
    errno = EISDIR;
  } else if (::access((special ? path : folder).c_str(), W_OK) == 0) {
    return {};
  }
  const std::string reason = std::strerror(errno);
  return located<void>(bad_input(fmt::format("cannot write: {}", reason)), path.string());
}

}  // namespace netfit::cli
