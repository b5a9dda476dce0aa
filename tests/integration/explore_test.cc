// SPDX-License-Identifier: Apache-2.0
// The program is killed while it explores, and two of it explore at once; neither may lose or repeat anything.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/random.h"
#include "store/content_key.h"
#include "store/json_lines.h"
#include "store/store.h"
#include "support/temporary_folder.h"

namespace netfit {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Two models, four schemes, three devices: 24 Runs in a second or two.
std::vector<std::string> explore_arguments(const fs::path& store) {
  return {NETFIT_PROGRAM, "explore",
          "--models",     "tests/models/tiny.onnx,tests/models/two_outputs.onnx",
          "--schemes",    "float32,float16,dynamic,int8",
          "--devices",    "apple-m1,cortex-a78,stm32h747",
          "--data",       "tests/models/labelled.npz",
          "--store",      store.string()};
}

pid_t start(const std::vector<std::string>& arguments) {
  const pid_t child = ::fork();
  if (child != 0) return child;
  std::vector<char*> words;
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  const bool quiet =
      std::freopen("/dev/null", "w", stdout) != nullptr && std::freopen("/dev/null", "w", stderr) != nullptr;
  if (quiet) ::execv(words[0], words.data());
  std::_Exit(127);
}

// The exit code, or -signal.
int wait_for(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::map<std::string, store::Run> stored(const fs::path& path) {
  std::map<std::string, store::Run> runs;
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return runs;
  const auto opened = store::open_store(path);
  EXPECT_TRUE(opened) << opened.error().text();
  std::vector<store::Run> all = (*opened)->all().value();
  for (store::Run& run : all) runs.emplace(store::content_key(run), std::move(run));
  return runs;
}

std::string without_times(const std::map<std::string, store::Run>& runs) {
  std::vector<store::Run> list;
  for (const auto& [key, run] : runs) list.push_back(run);
  return store::write_json_lines(list, store::Times::Drop);
}

TEST(WholeNetworkExplore, LosesAndRepeatsNothingWhenKilledAtTwentyMoments) {
  const support::TemporaryFolder folder;
  const Clock::time_point begun = Clock::now();
  ASSERT_EQ(wait_for(start(explore_arguments(folder / "undisturbed" / "runs.db"))), 0);
  auto latest = std::chrono::duration_cast<milliseconds>(Clock::now() - begun);
  const std::map<std::string, store::Run> undisturbed = stored(folder / "undisturbed" / "runs.db");
  ASSERT_EQ(undisturbed.size(), 24U);

  base::Random random(20);
  std::size_t interrupted = 0;
  for (int trial = 0; interrupted < 20 && trial < 60; ++trial) {
    const fs::path path = folder / fmt::format("trial{}", trial) / "runs.db";
    const pid_t child = start(explore_arguments(path));
    const milliseconds moment(random.integer(0, latest.count()));
    std::this_thread::sleep_for(moment);
    ::kill(child, SIGKILL);
    wait_for(child);
    const std::map<std::string, store::Run> before = stored(path);
    if (before.size() == undisturbed.size()) {
      // A machine that was busy at first and is not now: earlier moments are left to try.
      latest = moment;
      continue;
    }
    ++interrupted;
    ASSERT_EQ(wait_for(start(explore_arguments(path))), 0);
    const std::map<std::string, store::Run> after = stored(path);
    // Times and durations tell a Run that was done again.
    for (const auto& [key, run] : before) EXPECT_EQ(after.at(key), run) << "trial " << trial;
    EXPECT_EQ(without_times(after), without_times(undisturbed)) << "trial " << trial;
  }
  EXPECT_EQ(interrupted, 20U) << "the kills came too late to say anything";
}

TEST(WholeNetworkExplore, TwoAtOnceEndWithTheRunsOfOne) {
  const support::TemporaryFolder folder;
  ASSERT_EQ(wait_for(start(explore_arguments(folder / "one" / "runs.db"))), 0);
  const fs::path path = folder / "two" / "runs.db";
  const pid_t first = start(explore_arguments(path));
  const pid_t second = start(explore_arguments(path));
  EXPECT_EQ(wait_for(first), 0);
  EXPECT_EQ(wait_for(second), 0);
  EXPECT_EQ(without_times(stored(path)), without_times(stored(folder / "one" / "runs.db")));
}

}  // namespace
}  // namespace netfit
