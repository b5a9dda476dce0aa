// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <utility>

#include <SQLiteCpp/Exception.h>

#include "base/result.h"

// For .cc files only: it brings the SQLite library in.
namespace netfit::store {

/// The file that is worked on, and how long a call waits for another process.
struct Place {
  std::filesystem::path path;
  std::chrono::milliseconds patience;
};

/// What SQLite's error means to the user, located at the file.
base::Failure sqlite_failure(const SQLite::Exception& error, const Place& place);

/// True if another process was in the way.
bool is_busy(const SQLite::Exception& error);

/// The result of `work`, or SQLite's exception as a failure.
template <typename Work>
auto guarded(const Place& place, Work&& work) -> decltype(work()) {
  try {
    return located(std::forward<Work>(work)(), place.path.string());
  } catch (const SQLite::Exception& error) {
    return sqlite_failure(error, place);
  }
}

}  // namespace netfit::store
