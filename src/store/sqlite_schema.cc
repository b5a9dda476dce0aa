// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_schema.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include "store/record_json.h"

namespace netfit::store {
namespace {

// The columns behind `key` repeat what queries filter by (fields.h); the record holds everything. STRICT keeps another
// program from storing, say, a number as a key.
constexpr const char* kTable =
    "CREATE TABLE run (key TEXT PRIMARY KEY NOT NULL, model TEXT NOT NULL, graph TEXT NOT NULL, scheme TEXT NOT NULL, "
    "data TEXT NOT NULL, device TEXT NOT NULL, runtime TEXT NOT NULL, tool_version TEXT NOT NULL, "
    "checksum TEXT NOT NULL, record TEXT NOT NULL) STRICT";

constexpr const char* kIndex = "CREATE INDEX run_by_device ON run (device, model, scheme)";

// For people with the sqlite3 shell; the program itself never reads it.
constexpr const char* kView =
    "CREATE VIEW reading AS SELECT run.key, model, scheme, device, json_extract(value, '$.quantity') AS quantity, "
    "json_extract(value, '$.value') AS value, json_extract(value, '$.low') AS low, json_extract(value, '$.high') AS "
    "high, json_extract(value, '$.source') AS source FROM run, json_each(run.record, '$.readings')";

int number(SQLite::Database& database, const char* query) { return database.execAndGet(query).getInt(); }

}  // namespace

bool is_empty(SQLite::Database& database) {
  return number(database, "PRAGMA application_id") == 0 && number(database, "PRAGMA user_version") == 0 &&
         number(database, "SELECT count(*) FROM sqlite_master") == 0;
}

void make_schema(SQLite::Database& database) {
  // IMMEDIATE takes the write lock at once: of two processes that find an empty file, the second one waits here.
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  if (!is_empty(database)) return;
  database.exec(kTable);
  database.exec(kIndex);
  database.exec(kView);
  database.exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
  database.exec(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
  transaction.commit();
}

Result<void> check_schema(SQLite::Database& database) {
  if (number(database, "PRAGMA application_id") != kApplicationId) {
    return bad_input("is an SQLite file of another program, not a store of netfit");
  }
  const int version = number(database, "PRAGMA user_version");
  if (version != kSchemaVersion) {
    return bad_input(fmt::format("is a store of version {} (allowed: {})", version, kSchemaVersion));
  }
  // A file from outside may call anything "run", a view that never ends for one, or run triggers when we write.
  const int tables = number(
      database, fmt::format("SELECT count(*) FROM sqlite_master WHERE name = 'run' AND sql = '{}'", kTable).c_str());
  const int triggers = number(database, "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'");
  if (tables != 1 || triggers != 0) return bad_input("is a damaged store: its table is not the one that netfit makes");
  return {};
}

}  // namespace netfit::store
