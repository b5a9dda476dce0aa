// SPDX-License-Identifier: Apache-2.0

#include <fstream>

#include <gtest/gtest.h>

#include "support/temporary_folder.h"
#include "trial_log.h"

namespace netfit::gone_wrong {
namespace {

Trial trial() {
  return {
      .network = "450k",
      .seed = 7,
      .truth = {.kind = diagnose::FaultKind::BiasLost, .layer = "stem", .values = {"a", "b"}, .done = "a bias is zero"},
      .sound_percent = 94.2,
      .seen_percent = 10.25,
      .said = diagnose::FaultKind::Unknown,
      .said_layer = "head",
      .place_right = false,
      .fixed_percent = 94.1};
}

TEST(TrialLog, KnowsWhatIsDoneUnderTheSameSettings) {
  const support::TemporaryFolder folder;
  const auto file = folder / "trials.jsonl";
  TrialLog written = *TrialLog::open(file, "--test 500");
  EXPECT_FALSE(written.find("bias-lost 450k 7"));
  ASSERT_TRUE(written.add("bias-lost 450k 7", trial()));
  const std::optional<Trial> read = TrialLog::open(file, "--test 500")->find("bias-lost 450k 7");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->seed, 7);
  EXPECT_EQ(read->truth.kind, diagnose::FaultKind::BiasLost);
  EXPECT_EQ(read->truth.values, trial().truth.values);
  EXPECT_EQ(read->seen_percent, 10.25);
  EXPECT_EQ(read->said, diagnose::FaultKind::Unknown);
  EXPECT_FALSE(read->place_right);
  EXPECT_EQ(read->fixed_percent, 94.1);
  EXPECT_FALSE(TrialLog::open(file, "--test 1000")->find("bias-lost 450k 7"));
}

TEST(TrialLog, LeavesOutALineThatWasCutOff) {
  const support::TemporaryFolder folder;
  const auto file = folder / "trials.jsonl";
  ASSERT_TRUE(TrialLog::open(file, "")->add("one", trial()));
  std::ofstream(file, std::ios::app) << R"({"settings":"","na)";
  EXPECT_TRUE(TrialLog::open(file, "")->find("one"));
}

TEST(TrialLog, NamesALineThatIsNoTrial) {
  const support::TemporaryFolder folder;
  const auto file = folder / "trials.jsonl";
  std::ofstream(file) << "{}\n";
  const auto log = TrialLog::open(file, "");
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().text(), "error: " + file.string() + ", line 1: not a trial of this program");
}

}  // namespace
}  // namespace netfit::gone_wrong
