// SPDX-License-Identifier: Apache-2.0
#include "base/files.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

namespace netfit::base {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Files() {
    std::string folder = (fs::temp_directory_path() / "netfit_files_XXXXXX").string();
    folder_ = ::mkdtemp(folder.data());
  }
  ~Files() override { fs::remove_all(folder_); }
  auto count() const { return std::distance(fs::directory_iterator(folder_), fs::directory_iterator()); }

  fs::path folder_;
};

TEST_F(Files, ReadsBackWhatWasWritten) {
  std::string content("\0zero and \xff", 11);
  content.resize(200000, 'x');  // more than one read
  ASSERT_TRUE(write_file(folder_ / "a", content).has_value());
  EXPECT_EQ(read_text(folder_ / "a").value(), content);
  const Bytes bytes = read_file(folder_ / "a").value();
  EXPECT_TRUE(std::ranges::equal(bytes, as_bytes(content)));
}

TEST_F(Files, ReplacesAnExistingFileAsAWhole) {
  ASSERT_TRUE(write_file(folder_ / "a", "a long first content").has_value());
  ASSERT_TRUE(write_file(folder_ / "a", "short").has_value());
  EXPECT_EQ(read_text(folder_ / "a").value(), "short");
  EXPECT_EQ(count(), 1) << "a temporary file was left";
}

// The system cuts every file off at 1000 bytes while this lives.
class FileSizeLimit {
 public:
  FileSizeLimit() : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &old_limit_);
    const rlimit limit{1000, old_limit_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &old_limit_);
    std::signal(SIGXFSZ, old_handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_limit_{};
  void (*old_handler_)(int);
};

TEST_F(Files, LeavesTheOldFileAndNothingElseWhenWritingFails) {
  ASSERT_TRUE(write_file(folder_ / "a", "old").has_value());
  Result<void> written;
  {
    const FileSizeLimit limit;
    written = write_file(folder_ / "a", std::string(5000, 'x'));
  }
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().text(), (folder_ / "a").string() + ": error: cannot write: File too large");
  EXPECT_EQ(read_text(folder_ / "a").value(), "old");
  EXPECT_EQ(count(), 1) << "a temporary file was left";
}

TEST_F(Files, NamesAFileWhoseFolderIsMissing) {
  const Result<void> written = write_file(folder_ / "missing" / "a", "new");
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().text(),
            (folder_ / "missing" / "a").string() + ": error: cannot write: No such file or directory");
}

TEST_F(Files, WritesToDevicesInPlace) { EXPECT_TRUE(write_file("/dev/null", "gone").has_value()); }

TEST_F(Files, NamesAMissingFile) {
  const Result<Bytes> missing = read_file(folder_ / "nothing");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().text(), (folder_ / "nothing").string() + ": error: cannot open: No such file or directory");
}

TEST_F(Files, RefusesAFolder) {
  EXPECT_EQ(read_file(folder_).error().what(), "is a folder, not a file");
  EXPECT_FALSE(write_file(folder_, "x").has_value());
}

TEST_F(Files, ReadsAnEmptyFile) {
  ASSERT_TRUE(write_file(folder_ / "a", "").has_value());
  EXPECT_TRUE(read_file(folder_ / "a").value().empty());
}

}  // namespace
}  // namespace netfit::base
