// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "base/result.h"

namespace netfit::cli {

/// Fails where base::write_file would have no place to write to, and leaves nothing: to be asked before long work, and
/// before the first of several files.
Result<void> check_writable(const std::filesystem::path& path);

}  // namespace netfit::cli
