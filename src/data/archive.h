// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/result.h"

namespace netfit::data {

struct ArchiveEntry {
  std::string name;  ///< the path inside the archive; from outside, so never to be used as a path here
  bool regular_file = false;
};

/// The entries of an archive, one after another.
class ArchiveReader {
 public:
  virtual ~ArchiveReader() = default;

  static Result<std::unique_ptr<ArchiveReader>> open_zip(const std::filesystem::path& path);
  /// A tar archive, plain or packed with gzip.
  static Result<std::unique_ptr<ArchiveReader>> open_tar(const std::filesystem::path& path);

  /// No value at the end of the archive.
  virtual Result<std::optional<ArchiveEntry>> next() = 0;

  /// Hands the content of the current entry to `sink`, block by block; stops at the sink's first failure.
  virtual Result<void> read(const std::function<Result<void>(std::span<const std::byte>)>& sink) = 0;
};

}  // namespace netfit::data
