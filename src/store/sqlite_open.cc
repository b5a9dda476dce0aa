// SPDX-License-Identifier: Apache-2.0
// How a store file is opened. Four things can be in the way, and none may lose or touch what is there:
//   - another process that opens or makes the same file at this moment: SQLite's own waiting does not cover the switch
//     to WAL, so the whole opening is tried again while the file is busy;
//   - a process that was killed while it made the file: what it leaves is empty, and is made anew;
//   - a file of somebody else: recognised by its header before anything is written;
//   - a read-only folder: WAL needs two files beside the store. Without them nobody is writing, and the store can be
//     read as a file that does not change.
#include "store/sqlite_open.h"

#include <cstring>
#include <string>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "store/sqlite_schema.h"

namespace netfit::store {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPause{20};

base::Failure refused(const fs::path& path, std::string what) {
  return fail(Error(ErrorKind::BadInput, std::move(what)).at(path.string()));
}

void set_up(SQLite::Database& database) {
  // A file from outside may hold views and indexes that call functions; only harmless ones may be called.
  database.exec("PRAGMA trusted_schema = OFF");
  database.exec("PRAGMA cell_size_check = ON");
}

SQLite::Database open_to_write(const Place& place) {
  SQLite::Database database(place.path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE,
                            static_cast<int>(place.patience.count()));
  set_up(database);
  // Another program's file must stay as it is, so the journal is only switched in our own.
  const bool ours = is_empty(database) || database.execAndGet("PRAGMA application_id").getInt() == kApplicationId;
  if (!ours) return database;
  // Answers with the mode that it got; where WAL cannot be had, the rollback journal is as safe, but readers wait.
  SQLite::Statement(database, "PRAGMA journal_mode = WAL").executeStep();
  // A Run that was appended survives a power cut as well.
  database.exec("PRAGMA synchronous = FULL");
  if (is_empty(database)) make_schema(database);
  return database;
}

// "file:" names take options; what has a meaning there is escaped.
std::string unchanging_name(const fs::path& path) {
  std::string name = "file:";
  for (const char c : path.string()) {
    const bool plain = c != '%' && c != '?' && c != '#';
    name += plain ? std::string(1, c) : fmt::format("%{:02x}", static_cast<unsigned char>(c));
  }
  return name + "?immutable=1";
}

SQLite::Database open_to_read(const Place& place) {
  const fs::path journal = place.path.string() + "-wal";
  const bool written_to = fs::exists(journal);
  const bool folder_is_writable = ::access(place.path.parent_path().c_str(), W_OK) == 0;
  const bool unchanging = !written_to && !folder_is_writable;
  SQLite::Database database(unchanging ? unchanging_name(place.path) : place.path.string(),
                            SQLite::OPEN_READONLY | (unchanging ? SQLite::OPEN_URI : 0),
                            static_cast<int>(place.patience.count()));
  set_up(database);
  return database;
}

Result<SQLite::Database> open_once(const Place& place, Access access) {
  SQLite::Database database = access == Access::Write ? open_to_write(place) : open_to_read(place);
  NETFIT_TRY(check_schema(database));
  return database;
}

// What SQLite would only call "unable to open database file".
Result<void> check_place(const fs::path& path, Access access) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (fs::is_directory(status)) return refused(path, "is a folder, not a store");
  if (fs::exists(status)) {
    if (!fs::is_regular_file(status)) return refused(path, "is a device or pipe, not a store");
    if (::access(path.c_str(), R_OK) == 0) return {};
    return refused(path, fmt::format("cannot be opened: {}", std::strerror(errno)));
  }
  if (access == Access::Read) return refused(path, "there is no store");
  fs::create_directories(path.parent_path(), failed);
  if (failed) return refused(path, fmt::format("cannot make the folder: {}", failed.message()));
  if (::access(path.parent_path().c_str(), W_OK) == 0) return {};
  return refused(path, fmt::format("cannot be made in its folder: {}", std::strerror(errno)));
}

}  // namespace

Result<SQLite::Database> open_database(const Place& place, Access access) {
  NETFIT_TRY(check_place(place.path, access));
  for (std::chrono::milliseconds waited{0};; waited += kPause) {
    try {
      return located(open_once(place, access), place.path.string());
    } catch (const SQLite::Exception& error) {
      if (!is_busy(error) || waited >= place.patience) return sqlite_failure(error, place);
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace netfit::store
