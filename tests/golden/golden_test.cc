// SPDX-License-Identifier: Apache-2.0
// Registers every tests/golden/**/*.test and tests/regressions/*.test as a test of its own. With NETFIT_UPDATE_GOLDEN=1
// the expectations are rewritten in place; the diff is what gets reviewed.
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "base/files.h"
#include "golden/golden_file.h"

namespace netfit::golden {
namespace fs = std::filesystem;
namespace {

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

struct Outcome {
  std::string output;
  std::string errors;
  int exit_code = -1;
};

// The command runs in the repository's root with an empty cache, no colour and no terminal.
Outcome execute(const GoldenFile& file, const fs::path& folder) {
  std::string command = file.command;
  replace_all(command, "{tmp}", folder.string());
  const fs::path streams = folder.string() + ".streams";
  fs::create_directories(streams);
  EXPECT_TRUE(base::write_file(streams / "in", file.input).has_value());
  const std::string quoted = "'" + streams.string();
  const std::string line = "export NO_COLOR=1 NETFIT_CACHE=" + quoted + "/cache' PATH='" +
                           fs::path(NETFIT_PROGRAM).parent_path().string() + "':\"$PATH\"; (" + command + ") <" +
                           quoted + "/in' >" + quoted + "/out' 2>" + quoted + "/err'";
  const int status = std::system(line.c_str());
  Outcome outcome{.output = base::read_text(streams / "out").value_or(""),
                  .errors = base::read_text(streams / "err").value_or(""),
                  .exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1};
  for (std::string* text : {&outcome.output, &outcome.errors}) replace_all(*text, folder.string(), "{tmp}");
  fs::remove_all(streams);
  return outcome;
}

class GoldenTest : public testing::Test {
 public:
  explicit GoldenTest(fs::path path) : path_(std::move(path)) {}

  void TestBody() override {
    Result<GoldenFile> file = load(path_);
    ASSERT_TRUE(file.has_value()) << file.error().text();
    std::string folder = (fs::temp_directory_path() / "netfit-golden-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    const Outcome outcome = execute(*file, folder);
    if (std::getenv("NETFIT_UPDATE_GOLDEN") != nullptr) update(*file, outcome);
    EXPECT_EQ(outcome.exit_code, file->exit_code) << outcome.errors;
    if (file->checks_output) {
      EXPECT_EQ(outcome.output, file->output);
    }
    if (!file->any_errors) {
      EXPECT_EQ(outcome.errors, file->errors);
    }
    for (const std::string& name : file->absent) EXPECT_FALSE(fs::exists(fs::path(folder) / name)) << name;
    for (const fs::directory_entry& left : fs::directory_iterator(folder)) {
      EXPECT_EQ(left.path().string().find(".XXXXXX"), std::string::npos) << "a temporary file was left behind";
    }
    fs::remove_all(folder);
  }

 private:
  static void update(GoldenFile& file, const Outcome& outcome) {
    file.output = outcome.output;
    file.errors = outcome.errors;
    file.exit_code = outcome.exit_code;
    ASSERT_TRUE(base::write_file(file.path, print(file)).has_value());
  }

  fs::path path_;
};

void register_folder(const fs::path& root, const std::string& suite) {
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().extension() == ".test") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  for (const fs::path& path : paths) {
    const std::string name = fs::relative(path, root).replace_extension().string();
    testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, path.c_str(), 1,
                          [path] { return new GoldenTest(path); });
  }
}

}  // namespace
}  // namespace netfit::golden

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  netfit::golden::register_folder("tests/golden", "golden");
  netfit::golden::register_folder("tests/regressions", "regressions");
  return RUN_ALL_TESTS();
}
