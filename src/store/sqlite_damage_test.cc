// SPDX-License-Identifier: Apache-2.0
// Foreign and damaged files, folders without rights, full disks.
#include <fstream>
#include <string>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/random.h"
#include "store/content_key.h"
#include "store/test_files.h"

namespace netfit::store {
namespace {

namespace fs = std::filesystem;
using std::chrono_literals::operator""ms;

TEST(SqliteStore, RefusesAndKeepsForeignFiles) {
  const TemporaryFolder folder;
  std::ofstream(folder / "text.db") << "This is a text of more than one hundred bytes, as somebody may have written "
                                       "it who mistook one file for another one.\n";
  SQLite::Database(folder / "other.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE music (title)");
  const std::string other = base::read_text(folder / "other.db").value();
  for (const Access access : {Access::Write, Access::Read}) {
    EXPECT_EQ(why_not(folder / "text.db", access), (folder / "text.db").string() + ": error: is not a store of netfit");
    EXPECT_EQ(why_not(folder / "other.db", access),
              (folder / "other.db").string() + ": error: is an SQLite file of another program, not a store of netfit");
  }
  EXPECT_EQ(base::read_text(folder / "other.db").value(), other);
}

TEST(SqliteStore, RefusesALaterVersionAndATableThatIsNotOurs) {
  const TemporaryFolder folder;
  fill(folder / "later.db", 1);
  SQLite::Database(folder / "later.db", SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 2");
  EXPECT_EQ(why_not(folder / "later.db"),
            (folder / "later.db").string() + ": error: is a store of version 2 (allowed: 1)");

  const std::string damaged = ": error: is a damaged store: its table is not the one that netfit makes";
  fill(folder / "view.db", 1);
  SQLite::Database(folder / "view.db", SQLite::OPEN_READWRITE)
      .exec("ALTER TABLE run RENAME TO hidden; CREATE VIEW run AS SELECT * FROM hidden");
  EXPECT_EQ(why_not(folder / "view.db"), (folder / "view.db").string() + damaged);

  fill(folder / "trigger.db", 1);
  SQLite::Database(folder / "trigger.db", SQLite::OPEN_READWRITE)
      .exec("CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM run; END");
  EXPECT_EQ(why_not(folder / "trigger.db"), (folder / "trigger.db").string() + damaged);
}

TEST(SqliteStore, RefusesWhatIsNoFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(why_not(folder.path()), folder.path().string() + ": error: is a folder, not a store");
  EXPECT_EQ(why_not("/dev/null"), "/dev/null: error: is a device or pipe, not a store");
  EXPECT_EQ(why_not(folder / "none.db", Access::Read), (folder / "none.db").string() + ": error: there is no store");
  EXPECT_FALSE(fs::exists(folder / "none.db"));
  std::ofstream(folder / "file").close();
  EXPECT_EQ(why_not(folder.path() / "file" / "runs.db"),
            (folder.path() / "file" / "runs.db").string() + ": error: cannot make the folder: Not a directory");
}

TEST(SqliteStore, NeverBelievesADamagedRecord) {
  const TemporaryFolder folder;
  const fs::path path = folder / "runs.db";
  fill(path, 1);
  SQLite::Database database(path, SQLite::OPEN_READWRITE);
  const std::string run = ": error: the Run '" + content_key(sample_run(1)) + "' is damaged: ";
  database.exec("UPDATE run SET record = replace(record, '92.5', '92.6')");
  EXPECT_EQ(open_or_die(path)->all().error().text(), path.string() + run + "its checksum is wrong");

  const std::string other_key(32, '0');
  database.exec("UPDATE run SET record = replace(record, '92.6', '92.5'), key = '" + other_key + "'");
  EXPECT_EQ(open_or_die(path)->all().error().text(),
            path.string() + ": error: the Run '" + other_key + "' is damaged: it lies under another Run's key");
}

TEST(SqliteStore, GivesAMessageForDamageAnywhereInTheFile) {
  const TemporaryFolder folder;
  fill(folder / "good.db", 30);
  const std::string good = base::read_text(folder / "good.db").value();
  base::Random random(3);
  int noticed = 0;
  for (int i = 0; i < 80; ++i) {
    std::string bad = good;
    if (i % 4 == 0) bad.resize(static_cast<std::size_t>(random.integer(1, std::ssize(good) - 1)));
    const std::int64_t start = random.integer(0, std::ssize(bad) - 1);
    for (std::int64_t at = start; at < std::min(start + 64, std::ssize(bad)); ++at) {
      bad[static_cast<std::size_t>(at)] = static_cast<char>(random.bits());
    }
    ASSERT_TRUE(base::write_file(folder / "bad.db", bad));
    Result<std::unique_ptr<Store>> store = open_store(folder / "bad.db", {.patience = 0ms});
    Result<std::vector<store::Run>> runs = store ? (*store)->all() : fail(store.error());
    if (!runs) {
      ++noticed;
      EXPECT_TRUE(runs.error().text().starts_with((folder / "bad.db").string() + ": error: ")) << runs.error().text();
    } else {
      for (const store::Run& run : *runs) EXPECT_EQ(run, sample_run(run.seed));
    }
    if (store) static_cast<void>((*store)->append(sample_run(99)));
    store = bad_input("closed");
    for (const char* name : {"bad.db", "bad.db-wal", "bad.db-shm", "bad.db-journal"}) fs::remove(folder / name);
  }
  EXPECT_GT(noticed, 40);
}

// In a child of its own, because only the superuser can do it and the way back is closed.
template <typename Work>
int without_rights(Work work) {
  return exit_code_of(in_child([&] {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) return 99;
    return work();
  }));
}

TEST(SqliteStore, CanBeReadButNotWrittenInAReadOnlyFolder) {
  const TemporaryFolder folder;
  const fs::path path = folder / "runs.db";
  fill(path, 2);
  fs::permissions(path, fs::perms(0444));
  fs::permissions(folder.path(), fs::perms(0555));
  EXPECT_EQ(without_rights([&] { return open_or_die(path, Access::Read)->all()->size() == 2 ? 0 : 1; }), 0);
  EXPECT_EQ(without_rights([&] {
              const std::string message = why_not(path);
              return message == path.string() + ": error: cannot be written: the file or its folder is read-only" ? 0
                                                                                                                  : 1;
            }),
            0);
  EXPECT_EQ(without_rights([&] {
              const std::string place = (folder / "new.db").string();
              return why_not(place) == place + ": error: cannot be made in its folder: Permission denied" ? 0 : 1;
            }),
            0);
  fs::permissions(path, fs::perms(0000));
  EXPECT_EQ(without_rights([&] {
              return why_not(path) == path.string() + ": error: cannot be opened: Permission denied" ? 0 : 1;
            }),
            0);
  fs::permissions(folder.path(), fs::perms(0755));
}

/// A file system of 1 MiB; empty where this process may not mount one.
class TinyDisk {
 public:
  TinyDisk() { mounted_ = ::mount("tmpfs", folder_.path().c_str(), "tmpfs", 0, "size=1m") == 0; }
  ~TinyDisk() {
    if (mounted_) ::umount2(folder_.path().c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }
  const TemporaryFolder& folder() const { return folder_; }

 private:
  TemporaryFolder folder_;
  bool mounted_ = false;
};

TEST(SqliteStore, LosesNothingOnAFullDisk) {
  const TinyDisk disk;
  if (!disk.mounted()) GTEST_SKIP() << "this process may not mount a tmpfs";
  const fs::path path = disk.folder() / "runs.db";
  std::unique_ptr<Store> store = open_or_die(path);
  std::uint64_t seed = 0;
  Result<std::int64_t> written = 1;
  while (written && seed < 10'000) {
    store::Run run = sample_run(++seed);
    run.file.name = std::string(10'000, 'x');
    written = store->append(run);
  }
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().text(), path.string() + ": error: cannot be written: the disk is full");
  EXPECT_EQ(store->all()->size(), seed - 1);
  store.reset();
  // Reopening with no room at all either works or says why; with room again, everything is there.
  const std::string message = why_not(path);
  EXPECT_TRUE(message.empty() || message == path.string() + ": error: cannot be written: the disk is full") << message;
  ASSERT_EQ(::mount("tmpfs", disk.folder().path().c_str(), "tmpfs", MS_REMOUNT, "size=8m"), 0);
  EXPECT_EQ(open_or_die(path)->all()->size(), seed - 1);
  EXPECT_TRUE(open_or_die(path)->append(sample_run(99'999)));
}

}  // namespace
}  // namespace netfit::store
