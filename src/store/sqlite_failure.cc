// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_failure.h"

#include <string>

#include <fmt/format.h>
#include <sqlite3.h>

#include "base/text.h"

namespace netfit::store {
namespace {

bool disk_is_full(const std::filesystem::path& path) {
  std::error_code failed;
  const std::filesystem::space_info space = std::filesystem::space(path.parent_path(), failed);
  return !failed && space.available < 65536;
}

std::string meaning(const SQLite::Exception& error, const Place& place) {
  const std::string said = base::printable(error.what());
  switch (error.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return fmt::format("is locked by another process (waited {:.1f} s)",
                         std::chrono::duration<double>(place.patience).count());
    case SQLITE_NOTADB:
      return "is not a store of netfit";
    case SQLITE_CORRUPT:
      return fmt::format("is a damaged store: {}", said);
    case SQLITE_READONLY:
      return "cannot be written: the file or its folder is read-only";
    case SQLITE_FULL:
      return "cannot be written: the disk is full";
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
      // A full disk also shows as files beside the store that cannot be made or grown.
      if (disk_is_full(place.path)) return "cannot be written: the disk is full";
      return error.getErrorCode() == SQLITE_CANTOPEN
                 ? "cannot be opened: the file, or those beside it, may not be read or made"
                 : fmt::format("cannot be read or written: {}", said);
    default:
      return fmt::format("SQLite cannot use it: {}", said);
  }
}

}  // namespace

bool is_busy(const SQLite::Exception& error) {
  return error.getErrorCode() == SQLITE_BUSY || error.getErrorCode() == SQLITE_LOCKED;
}

base::Failure sqlite_failure(const SQLite::Exception& error, const Place& place) {
  return fail(Error(ErrorKind::BadInput, meaning(error, place)).at(place.path.string()));
}

}  // namespace netfit::store
