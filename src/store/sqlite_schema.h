// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"

namespace SQLite {
class Database;
}

namespace netfit::store {

/// "nfit": in the file's header, tells our file from other SQLite files.
inline constexpr int kApplicationId = 0x6e666974;

/// Makes the table in an empty database, unless another process has just done so. Throws SQLite::Exception.
void make_schema(SQLite::Database& database);

/// True for a database without any content, as a process leaves it that is killed before make_schema. Throws
/// SQLite::Exception.
bool is_empty(SQLite::Database& database);

/// Refuses another program's file, another version's and one whose table is not ours. Throws SQLite::Exception.
Result<void> check_schema(SQLite::Database& database);

}  // namespace netfit::store
