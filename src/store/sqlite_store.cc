// SPDX-License-Identifier: Apache-2.0
// One row a Run: its record as JSON, a checksum of that text, and the columns that queries filter by. A record is only
// believed if its checksum and its key are right, so a flipped bit is an error and never another number.
#include <mutex>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "base/text.h"
#include "store/content_key.h"
#include "store/fields.h"
#include "store/record_json.h"
#include "store/sqlite_failure.h"
#include "store/sqlite_open.h"
#include "store/store.h"

namespace netfit::store {
namespace {

std::string insert_statement(Existing existing) {
  std::string columns = "key";
  std::string values = "?1";
  int position = 1;
  const auto add = [&](std::string_view column) {
    columns += fmt::format(", {}", column);
    values += fmt::format(", ?{}", ++position);
  };
  for (const Field& field : kFields) add(field.column);
  add("checksum");
  add("record");
  return fmt::format("INSERT OR {} INTO run ({}) VALUES ({})", existing == Existing::Keep ? "IGNORE" : "REPLACE",
                     columns, values);
}

Result<Run> run_of(SQLite::Statement& row) {
  const std::string key = row.getColumn(0).getString();
  const std::string record = row.getColumn(2).getString();
  const std::string where = fmt::format("the Run '{}' is damaged", base::printable(key, 64));
  if (digest(record) != row.getColumn(1).getString()) return bad_input(where + ": its checksum is wrong");
  Result<Run> run = read_record(record);
  if (!run) return bad_input(fmt::format("{}: {}", where, run.error().what()));
  if (content_key(*run) != key) return bad_input(where + ": it lies under another Run's key");
  return run;
}

class SqliteStore final : public Store {
 public:
  SqliteStore(Place place, SQLite::Database database) : place_(std::move(place)), database_(std::move(database)) {}

  Result<std::int64_t> append(std::span<const Run> runs, Existing existing) override {
    for (const Run& run : runs) NETFIT_TRY(check_run(run));
    const std::scoped_lock lock(mutex_);
    return guarded(place_, [&]() -> Result<std::int64_t> {
      // IMMEDIATE waits for its turn here, before anything is read that another process might change.
      SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
      SQLite::Statement insert(database_, insert_statement(existing));
      std::int64_t written = 0;
      for (const Run& run : runs) written += write(insert, run);
      transaction.commit();
      return written;
    });
  }

  Result<std::optional<Run>> find(std::string_view key) override {
    const std::scoped_lock lock(mutex_);
    return guarded(place_, [&]() -> Result<std::optional<Run>> {
      SQLite::Statement row(database_, "SELECT key, checksum, record FROM run WHERE key = ?1");
      row.bind(1, std::string(key));
      if (!row.executeStep()) return std::nullopt;
      return NETFIT_TRY(run_of(row));
    });
  }

  Result<std::vector<Run>> query(const Filter& filter) override {
    const std::scoped_lock lock(mutex_);
    return guarded(place_, [&]() -> Result<std::vector<Run>> {
      std::string text = "SELECT key, checksum, record FROM run WHERE 1";
      std::vector<std::string> wanted;
      for (const Field& field : kFields) {
        if (!(filter.*field.wanted)) continue;
        wanted.push_back(*(filter.*field.wanted));
        text += fmt::format(" AND {} = ?{}", field.column, wanted.size());
      }
      SQLite::Statement row(database_, text + " ORDER BY key");
      for (std::size_t i = 0; i < wanted.size(); ++i) row.bind(static_cast<int>(i) + 1, wanted[i]);
      std::vector<Run> found;
      while (row.executeStep()) found.push_back(NETFIT_TRY(run_of(row)));
      return found;
    });
  }

 private:
  static int write(SQLite::Statement& insert, const Run& run) {
    const std::string record = write_record(run, Times::Keep);
    insert.reset();
    int position = 0;
    insert.bind(++position, content_key(run));
    for (const Field& field : kFields) insert.bind(++position, field.given(run));
    insert.bind(++position, digest(record));
    insert.bind(++position, record);
    return insert.exec();
  }

  Place place_;
  std::mutex mutex_;
  SQLite::Database database_;
};

}  // namespace

Result<std::unique_ptr<Store>> open_store(const std::filesystem::path& path, const StoreOptions& options) {
  std::error_code failed;
  // Absolute, because SQLite gives names like ":memory:" a meaning of their own.
  Place place{std::filesystem::absolute(path, failed), options.patience};
  if (failed || path.empty()) return bad_input("the store has no file name");
  SQLite::Database database = NETFIT_TRY(open_database(place, options.access));
  return std::make_unique<SqliteStore>(std::move(place), std::move(database));
}

}  // namespace netfit::store
