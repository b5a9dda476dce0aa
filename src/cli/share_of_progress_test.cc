// SPDX-License-Identifier: Apache-2.0
#include "cli/share_of_progress.h"

#include <gtest/gtest.h>

namespace netfit::cli {
namespace {

class Counting final : public Progress {
 public:
  void advance(std::int64_t steps) override { done += steps; }
  std::int64_t done = 0;
};

TEST(ShareOfProgress, MovesTheWholeByItsShareHoweverManyStepsItsStagesHave) {
  Counting whole;
  {
    ShareOfProgress share(whole, 100, 2);
    share.begin("one", 7);
    share.advance(7);
    EXPECT_EQ(whole.done, 50);
    share.begin("two", 1'000'000);
    share.advance(500'000);
    EXPECT_EQ(whole.done, 75);
    share.begin("one too many", 1);
    share.advance(5);
    EXPECT_EQ(whole.done, 100);
  }
  EXPECT_EQ(whole.done, 100);
}

TEST(ShareOfProgress, GivesWhatItsStagesLeftAtItsEnd) {
  Counting whole;
  {
    ShareOfProgress share(whole, 10, 2);
    share.advance(3);  // of no stage
    EXPECT_EQ(whole.done, 0);
  }
  EXPECT_EQ(whole.done, 10);
}

}  // namespace
}  // namespace netfit::cli
