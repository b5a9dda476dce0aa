// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"

namespace netfit::data {

/// A file of the data set, and what it must be.
struct ExpectedFile {
  std::string name;
  std::int64_t bytes = 0;
  std::string sha256;
};

struct FetchOptions {
  std::filesystem::path folder;               ///< where the files go, e.g. ~/.cache/netfit/cifar10; parents are made
  std::optional<std::filesystem::path> from;  ///< an archive or a folder of the files instead of a download
  std::string url = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz";
  int stall_seconds = 30;  ///< a server that sends next to nothing for so long is given up

  // What is accepted; tests put small stand-ins here.
  std::string archive_sha256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd";
  std::vector<ExpectedFile> files;  ///< empty: the six official files
};

struct Fetched {
  std::filesystem::path folder;
  bool was_there = false;  ///< nothing had to be done
};

/// Puts the official CIFAR-10 binary files into `folder`: from the download, whose checksum is checked before anything
/// else is done with it, or from disk. Every file's checksum is checked. All is made in a folder beside `folder` and
/// renamed at the end, so that a failure or an interruption leaves nothing, and what was there stays.
Result<Fetched> fetch_cifar10(const FetchOptions& options, Progress& progress);

}  // namespace netfit::data
