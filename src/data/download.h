// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/progress.h"
#include "base/result.h"

namespace netfit::data {

struct DownloadOptions {
  std::int64_t most_bytes = 0;  ///< a longer answer is refused
  int connect_seconds = 20;
  int stall_seconds = 30;  ///< given up when this long less than 1,000 bytes a second arrive
};

/// Writes what `url` (https, http or file) gives to the new file `target`. A server that cannot be reached, that
/// refuses or that stops is MissingProgram, as no input is at fault; after a failure `target` may hold a part.
Result<void> download(const std::string& url, const std::filesystem::path& target, const DownloadOptions& options,
                      Progress& progress);

}  // namespace netfit::data
