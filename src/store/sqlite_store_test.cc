// SPDX-License-Identifier: Apache-2.0
// What only a file has to offer and to suffer: other processes, threads, kills, locks.
#include <csignal>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "base/random.h"
#include "store/content_key.h"
#include "store/test_files.h"

namespace netfit::store {
namespace {

namespace fs = std::filesystem;
using std::chrono_literals::operator""ms;

/// Appends Runs with the seeds from `first`, saying on `pipe` which are done; 0 if all went well.
int append_runs(const fs::path& path, std::uint64_t first, std::uint64_t count, int pipe = -1) {
  Result<std::unique_ptr<Store>> store = open_store(path);
  if (!store) return 1;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    if (!(*store)->append(sample_run(seed))) return 2;
    if (pipe >= 0 && ::write(pipe, &seed, sizeof seed) != sizeof seed) return 3;
  }
  return 0;
}

TEST(SqliteStore, KeepsRunsAfterItIsClosedAndMakesItsFolder) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / ".netfit" / "deep" / "runs.db";
  fill(path, 3);
  EXPECT_EQ(open_or_die(path)->all()->size(), 3U);
  EXPECT_EQ(open_or_die(path, Access::Read)->all()->size(), 3U);
}

TEST(SqliteStore, ShowsItsReadingsToPeople) {
  const TemporaryFolder folder;
  fill(folder / "runs.db", 1);
  const SQLite::Database database(folder / "runs.db", SQLite::OPEN_READONLY);
  SQLite::Statement row(database, "SELECT model, device, value, source FROM reading WHERE quantity = 'latency'");
  ASSERT_TRUE(row.executeStep());
  EXPECT_EQ(row.getColumn(0).getString(), "cnn_small");
  EXPECT_EQ(row.getColumn(1).getString(), "stm32h747");
  EXPECT_EQ(row.getColumn(2).getDouble(), 45.25);
  EXPECT_EQ(row.getColumn(3).getString(), "analytic");
  EXPECT_FALSE(row.executeStep());
}

TEST(SqliteStore, TakesNamesThatSqliteGivesAMeaning) {
  const TemporaryFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  fill(":memory:", 1);
  fill("a?mode=memory#%41.db", 1);
  EXPECT_TRUE(fs::exists(folder / ":memory:"));
  EXPECT_TRUE(fs::exists(folder / "a?mode=memory#%41.db"));
  EXPECT_EQ(why_not(""), "error: the store has no file name");
  fs::current_path(before);
}

TEST(SqliteStore, LetsTwoProcessesMakeAndWriteItAtOnce) {
  for (int round = 0; round < 5; ++round) {
    const TemporaryFolder folder;
    const fs::path path = folder / "runs.db";
    // Half of the work is the same.
    const pid_t one = in_child([&] { return append_runs(path, 1, 40); });
    const pid_t other = in_child([&] { return append_runs(path, 21, 40); });
    EXPECT_EQ(exit_code_of(one), 0);
    EXPECT_EQ(exit_code_of(other), 0);
    EXPECT_EQ(open_or_die(path)->all()->size(), 60U);
  }
}

TEST(SqliteStore, LetsManyThreadsUseOneStore) {
  const TemporaryFolder folder;
  const std::unique_ptr<Store> store = open_or_die(folder / "runs.db");
  std::vector<std::thread> threads;
  for (std::uint64_t first : {0U, 10U, 20U}) {
    threads.emplace_back([&store, first] {
      for (std::uint64_t seed = first; seed < first + 15; ++seed) {
        store->append(sample_run(seed)).value();
        EXPECT_TRUE(store->find(content_key(sample_run(seed)))->has_value());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store->all()->size(), 35U);
}

TEST(SqliteStore, LosesNothingWhenTheWriterIsKilledAtAnyMoment) {
  base::Random random(7);
  const TemporaryFolder folder;
  const fs::path path = folder / "runs.db";
  std::uint64_t next = 1;
  for (int kill = 0; kill < 20; ++kill) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t writer = in_child([&] { return append_runs(path, next, 100'000, ends[1]); });
    ::close(ends[1]);
    // From "before the file exists" to "in the middle of the writing".
    std::this_thread::sleep_for(std::chrono::microseconds(random.integer(0, 60'000)));
    ::kill(writer, SIGKILL);
    EXPECT_EQ(exit_code_of(writer), -1);
    std::uint64_t done = 0;
    std::uint64_t last = next - 1;
    while (::read(ends[0], &done, sizeof done) == sizeof done) last = done;
    ::close(ends[0]);

    const std::unique_ptr<Store> store = open_or_die(path);
    const std::size_t found = store->all()->size();
    // One Run may be in the store without its writer having had time to say so.
    EXPECT_GE(found, last);
    EXPECT_LE(found, last + 1);
    next = found + 1;
  }
  EXPECT_GT(next, 20U) << "the kills came too early to test anything";
}

TEST(SqliteStore, MakesAnewWhatAKilledProcessLeftEmpty) {
  const TemporaryFolder folder;
  std::ofstream(folder / "empty.db").close();
  EXPECT_TRUE(open_or_die(folder / "empty.db")->all()->empty());
  SQLite::Database(folder / "header.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("PRAGMA journal_mode = WAL; VACUUM");
  EXPECT_TRUE(open_or_die(folder / "header.db")->all()->empty());
}

TEST(SqliteStore, SaysThatAnotherProcessHoldsIt) {
  const TemporaryFolder folder;
  const fs::path path = folder / "runs.db";
  fill(path, 1);
  SQLite::Database other(path, SQLite::OPEN_READWRITE);
  other.exec("BEGIN IMMEDIATE");
  const std::unique_ptr<Store> store = open_store(path, {.patience = 100ms}).value();
  const Result<std::int64_t> written = store->append(sample_run(2));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().text(), path.string() + ": error: is locked by another process (waited 0.1 s)");
  EXPECT_EQ(store->all()->size(), 1U) << "readers need not wait";
  other.exec("COMMIT");
  EXPECT_TRUE(store->append(sample_run(2)));

  other.exec("PRAGMA locking_mode = EXCLUSIVE");
  const TemporaryFolder elsewhere;
  SQLite::Database hoarder(elsewhere / "runs.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  hoarder.exec("BEGIN EXCLUSIVE");
  EXPECT_EQ(why_not(elsewhere / "runs.db"),
            (elsewhere / "runs.db").string() + ": error: is locked by another process (waited 0.1 s)");
}

}  // namespace
}  // namespace netfit::store
