// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/Database.h>

#include "base/result.h"
#include "store/sqlite_failure.h"
#include "store/store.h"

// For .cc files only: it brings the SQLite library in.
namespace netfit::store {

/// The open database with our table in it.
Result<SQLite::Database> open_database(const Place& place, Access access);

}  // namespace netfit::store
