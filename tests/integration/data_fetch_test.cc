// SPDX-License-Identifier: Apache-2.0
// Fetching against a server on this machine, with a small stand-in for the official archive.
#include <chrono>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "data/dataset.h"
#include "data/fetch.h"
#include "data/sha256.h"
#include "fetch_stand_ins.h"
#include "support/paths.h"
#include "support/temporary_folder.h"

namespace netfit::data {
namespace {
namespace fs = std::filesystem;

std::string sha256(std::string_view text) {
  Sha256 sum;
  sum.add(base::as_bytes(text));
  return sum.finish();
}

class StopAfter : public Progress {
 public:
  explicit StopAfter(std::chrono::milliseconds time) : end_(std::chrono::steady_clock::now() + time) {}
  bool stopped() const override { return std::chrono::steady_clock::now() >= end_; }

 private:
  std::chrono::steady_clock::time_point end_;
};

class DataFetch : public testing::Test {
 protected:
  DataFetch() {
    archive_ = make_archive(folder_ / "archive.tar.gz", official());
    options_ = {.folder = cache(),
                .stall_seconds = 2,
                .archive_sha256 = sha256(archive_),
                .files = {{"a.bin", 5, sha256("first")}, {"b.bin", 6, sha256("second")}}};
  }

  static std::vector<Entry> official() {
    return {{"official/", "", AE_IFDIR},
            {"official/readme.html", "read me"},
            {"official/a.bin", "first"},
            {"official/b.bin", "second"}};
  }

  fs::path cache() const { return folder_ / "cache" / "cifar10"; }

  // Neither the data set nor anything else lies where it would go.
  void expect_nothing_left() const {
    if (!fs::exists(cache().parent_path())) return;
    for (const fs::directory_entry& entry : fs::directory_iterator(cache().parent_path())) {
      ADD_FAILURE() << "left behind: " << entry.path();
    }
  }

  void expect_fetched() const {
    EXPECT_EQ(base::read_text(cache() / "a.bin").value(), "first");
    EXPECT_EQ(base::read_text(cache() / "b.bin").value(), "second");
    EXPECT_EQ(std::distance(fs::directory_iterator(cache()), {}), 3);  // with the class names
    EXPECT_EQ(std::distance(fs::directory_iterator(cache().parent_path()), {}), 1);
  }

  Result<Fetched> fetch(Progress& progress = base::no_progress()) { return fetch_cifar10(options_, progress); }

  Error fetch_failure(Progress& progress = base::no_progress()) {
    Result<Fetched> result = fetch(progress);
    EXPECT_FALSE(result.has_value());
    return result ? Error(ErrorKind::BadInput, "no fault") : result.error();
  }

  support::TemporaryFolder folder_;
  std::string archive_;
  FetchOptions options_;
};

TEST_F(DataFetch, DownloadsChecksAndUnpacks) {
  const Server server(ok(archive_));
  options_.url = server.url();
  EXPECT_FALSE(fetch().value().was_there);
  expect_fetched();
}

TEST_F(DataFetch, DoesNothingWhenAllIsThere) {
  const Server server(ok(archive_));
  options_.url = server.url();
  ASSERT_TRUE(fetch().has_value());
  EXPECT_TRUE(fetch().value().was_there);
  EXPECT_EQ(server.requests(), 1);
}

TEST_F(DataFetch, ReplacesABrokenCopy) {
  fs::create_directories(cache());
  ASSERT_TRUE(base::write_file(cache() / "a.bin", "fir"));
  const Server server(ok(archive_));
  options_.url = server.url();
  EXPECT_FALSE(fetch().value().was_there);
  expect_fetched();
}

TEST_F(DataFetch, LeavesABrokenCopyAloneWhenItFails) {
  fs::create_directories(cache());
  ASSERT_TRUE(base::write_file(cache() / "a.bin", "fir"));
  const Server server(ok("no archive"));
  options_.url = server.url();
  EXPECT_NE(fetch_failure().what().find("has SHA-256"), std::string::npos);
  EXPECT_EQ(base::read_text(cache() / "a.bin").value(), "fir");
  EXPECT_EQ(std::distance(fs::directory_iterator(cache().parent_path()), {}), 1);
}

TEST_F(DataFetch, NeverReplacesAFolderOfOtherThings) {
  fs::create_directories(cache());
  ASSERT_TRUE(base::write_file(cache() / "thesis.tex", "years of work"));
  options_.from = folder_ / "archive.tar.gz";
  EXPECT_EQ(fetch_failure().what(), "holds 'thesis.tex', which is not part of the data set");
  EXPECT_TRUE(fs::exists(cache() / "thesis.tex"));
}

TEST_F(DataFetch, RefusesAnArchiveWithAnotherChecksumBeforeItIsUnpacked) {
  std::string changed = archive_;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  const Server server(ok(changed));
  options_.url = server.url();
  const Error error = fetch_failure();
  EXPECT_EQ(error.kind(), ErrorKind::BadInput);
  EXPECT_EQ(error.text(), fmt::format("{}: error: has SHA-256 {} (allowed: {})", server.url(), sha256(changed),
                                      options_.archive_sha256));
  expect_nothing_left();
}

TEST_F(DataFetch, RefusesADownloadThatEndsEarly) {
  const Server server(ok(archive_.substr(0, archive_.size() / 2), archive_.size()));
  options_.url = server.url();
  const Error error = fetch_failure();
  EXPECT_EQ(error.kind(), ErrorKind::MissingProgram);
  EXPECT_NE(error.text().find("cannot download '" + server.url() + "'"), std::string::npos) << error.text();
  expect_nothing_left();
}

TEST_F(DataFetch, ReportsWhatTheServerRefuses) {
  const Server server("HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nConnection: close\r\n\r\ngone");
  options_.url = server.url();
  const Error error = fetch_failure();
  EXPECT_EQ(error.kind(), ErrorKind::MissingProgram);
  EXPECT_NE(error.what().find("404"), std::string::npos) << error.what();
  expect_nothing_left();
}

TEST_F(DataFetch, NamesTheUrlAndTheWayOutWithoutANetwork) {
  Server server("");
  options_.url = server.url();
  server.stop();  // nobody listens there any more
  const Error error = fetch_failure();
  EXPECT_EQ(error.kind(), ErrorKind::MissingProgram);
  EXPECT_NE(error.text().find(options_.url), std::string::npos);
  EXPECT_NE(error.text().find("hint: --from takes the archive"), std::string::npos) << error.text();
  expect_nothing_left();
}

TEST_F(DataFetch, GivesUpOnAServerThatStalls) {
  const Server server(ok("a", archive_.size()), Server::After::Hold);
  options_.url = server.url();
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(fetch_failure().kind(), ErrorKind::MissingProgram);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
  expect_nothing_left();
}

TEST_F(DataFetch, StopsInTheMiddleOfADownload) {
  const Server server(ok("a", archive_.size()), Server::After::Hold);
  options_.url = server.url();
  options_.stall_seconds = 60;
  StopAfter progress(std::chrono::milliseconds(300));
  const auto started = std::chrono::steady_clock::now();
  EXPECT_EQ(fetch_failure(progress).kind(), ErrorKind::Interrupted);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(20));
  expect_nothing_left();
}

TEST_F(DataFetch, FollowsNoRedirectToALocalFile) {
  const Server server("HTTP/1.1 302 Found\r\nLocation: file://" + (folder_ / "archive.tar.gz").string() +
                      "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  options_.url = server.url();
  EXPECT_EQ(fetch_failure().kind(), ErrorKind::MissingProgram);
  expect_nothing_left();
}

TEST_F(DataFetch, TakesAnArchiveOrAFolderFromDisk) {
  options_.url = "http://127.0.0.1:1/never-asked";
  options_.from = folder_ / "archive.tar.gz";
  EXPECT_FALSE(fetch().value().was_there);
  expect_fetched();
  fs::rename(cache(), folder_ / "unpacked");
  options_.from = folder_ / "unpacked";
  EXPECT_FALSE(fetch().value().was_there);
  expect_fetched();
}

TEST_F(DataFetch, TakesOnlyExpectedFilesAndKeepsThemInside) {
  std::vector<Entry> entries = official();
  entries[2].name = "../../../../a.bin";
  entries.push_back({"../evil.bin", "evil"});
  entries.insert(entries.begin(), {"x/b.bin", "/etc/passwd", AE_IFLNK});
  make_archive(folder_ / "archive.tar.gz", entries);
  options_.from = folder_ / "archive.tar.gz";
  ASSERT_TRUE(fetch().has_value());
  expect_fetched();
  EXPECT_FALSE(fs::is_symlink(cache() / "b.bin"));
}

TEST_F(DataFetch, RefusesArchivesWithWrongLongOrMissingFiles) {
  options_.from = folder_ / "archive.tar.gz";
  const auto fault_of = [&](const std::vector<Entry>& entries) {
    make_archive(folder_ / "archive.tar.gz", entries);
    std::string text = fetch_failure().text();
    expect_nothing_left();
    return text;
  };
  EXPECT_NE(fault_of({{"a.bin", "first"}, {"b.bin", "sec0nd"}}).find("in file 'b.bin'"), std::string::npos);
  EXPECT_NE(fault_of({{"a.bin", "first!"}, {"b.bin", "second"}}).find("'a.bin' has more than 5 bytes"),
            std::string::npos);
  EXPECT_NE(fault_of({{"a.bin", "first"}}).find("has no file 'b.bin'"), std::string::npos);
}

TEST_F(DataFetch, RefusesWhatIsNoArchiveOrIsNotThere) {
  ASSERT_TRUE(base::write_file(folder_ / "text", std::string(5000, 'x')));
  options_.from = folder_ / "text";
  EXPECT_EQ(fetch_failure().kind(), ErrorKind::BadInput);
  options_.from = folder_ / "missing";
  EXPECT_EQ(fetch_failure().what(), "does not exist");
  ASSERT_TRUE(base::write_file(folder_ / "cut.tar.gz", archive_.substr(0, archive_.size() - 30)));
  options_.from = folder_ / "cut.tar.gz";
  EXPECT_EQ(fetch_failure().kind(), ErrorKind::BadInput);
  expect_nothing_left();
}

TEST(WholeNetworkDataFetch, KnowsTheOfficialFiles) {
  const auto official = support::cifar10();
  if (!official) GTEST_SKIP() << "the full data set is not there (build/cifar10)";
  const support::TemporaryFolder folder;
  const Result<Fetched> fetched = fetch_cifar10({.folder = folder / "cifar10", .from = *official}, base::no_progress());
  ASSERT_TRUE(fetched.has_value()) << fetched.error().text();
  const Dataset dataset = open("cifar10", {.cache = {folder / "cifar10"}}).value();
  EXPECT_EQ(dataset.name, "cifar10");
  EXPECT_EQ(dataset.count(), 10000);
  EXPECT_EQ(dataset.labels[0], 3);  // the first test image is a cat
  EXPECT_EQ(dataset.class_names[3], "cat");
}

}  // namespace
}  // namespace netfit::data
