// SPDX-License-Identifier: Apache-2.0
// The program itself, killed in the middle of an epoch.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "base/files.h"
#include "support/temporary_folder.h"

namespace netfit {
namespace {

class TrainingProgram : public ::testing::TestWithParam<const char*> {
 protected:
  int shell(const std::string& script) const {
    const std::string line =
        "cd " + folder_.path().string() + "; netfit() { " + NETFIT_PROGRAM + " \"$@\"; }; " + script;
    const int status = std::system(line.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string file(const std::string& name) const { return base::read_text(folder_ / name).value_or(""); }

  support::TemporaryFolder folder_;
};

TEST_P(TrainingProgram, LeavesACheckpointThatGivesTheSameWeights) {
  const std::string train =
      "--arch blocks:stages=conv_c8_s4+ir_e2_c8+conv_k1_c16 --recipe r.toml --data cifar10 --threads 1 2>errors";
  const Result<void> recipe = base::write_file(
      folder_ / "r.toml", "validation = 0\n[schedule]\nepochs = 40\nbatch = 32\n[regularization]\nema = 0.9\n");
  ASSERT_TRUE(recipe.has_value());
  ASSERT_EQ(shell("netfit train --out whole " + train + " >/dev/null"), 0) << file("errors");
  // Killed as soon as the first epoch is written down, which is in the second one.
  const std::string stop = std::string(" & pid=$!; while [ ! -s stopped/metrics.jsonl ]; do sleep 0.01; done; kill -") +
                           GetParam() + " $(pgrep -P $pid || echo $pid); wait $pid";
  ASSERT_EQ(shell("netfit train --out stopped " + train + stop), 130) << file("errors");
  EXPECT_NE(file("errors").find("the same command with --resume goes on"), std::string::npos);
  EXPECT_EQ(file("stopped/network.safetensors"), "");
  ASSERT_EQ(shell("netfit train --resume --out stopped " + train + " >/dev/null"), 0) << file("errors");
  EXPECT_EQ(file("stopped/network.safetensors"), file("whole/network.safetensors"));
  EXPECT_NE(file("whole/network.safetensors"), "");
}

INSTANTIATE_TEST_SUITE_P(By, TrainingProgram, ::testing::Values("INT", "TERM"));

}  // namespace
}  // namespace netfit
