// SPDX-License-Identifier: Apache-2.0
#include "select/tree.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "select/test_options.h"
#include "select/test_requests.h"

namespace netfit::select {
namespace {

constexpr Quantity kRam = Quantity::PeakRam;
constexpr Quantity kFlash = Quantity::Flash;
constexpr Quantity kTop1 = Quantity::Top1;

const std::vector<Option> kOptions{make_option("tiny", {{kRam, 100 * 1024}, {kFlash, 1 << 20}, {kTop1, 88}}),
                                   make_option("never", {{kRam, 500 * 1024}, {kFlash, 4 << 20}, {kTop1, 90}}),
                                   make_option("large", {{kRam, 400 * 1024}, {kFlash, 2 << 20}, {kTop1, 95}})};

const Request kAccurate{.constraints = {}, .ranking = {.objectives = {Objective::Accuracy}}};

TEST(DecisionTree, ShowsWhichLimitLeadsToWhichChoice) {
  const DecisionTree tree = decision_tree(kOptions, kAccurate, {.asked = {Limited::PeakRam, Limited::Flash}}).value();
  EXPECT_EQ(print(tree),
            "peak RAM limit of 400 KiB or more?\n"
            "  yes: flash limit of 2 MiB or more?\n"
            "    yes: large\n"
            "    no: flash limit of 1 MiB or more?\n"
            "      yes: tiny\n"
            "      no: nothing fits\n"
            "  no: peak RAM limit of 100 KiB or more?\n"
            "    yes: flash limit of 1 MiB or more?\n"
            "      yes: tiny\n"
            "      no: nothing fits\n"
            "    no: nothing fits\n");
}

TEST(DecisionTree, KeepsTheLimitsItDoesNotAskAbout) {
  Request request = kAccurate;
  request.constraints.limits = {{Limited::Flash, 1 << 20}, {Limited::PeakRam, 1}};
  EXPECT_EQ(print(decision_tree(kOptions, request, {.asked = {Limited::PeakRam}}).value()),
            "peak RAM limit of 100 KiB or more?\n  yes: tiny\n  no: nothing fits\n");
}

TEST(DecisionTree, SaysWhereItIsCut) {
  const DecisionTree tree =
      decision_tree(kOptions, kAccurate, {.asked = {Limited::PeakRam, Limited::Flash}, .max_nodes = 3}).value();
  EXPECT_EQ(print(tree),
            "peak RAM limit of 400 KiB or more?\n  yes: one of 3, or nothing\n  no: one of 1, or nothing\n");
}

TEST(DecisionTree, IsOneAnswerWhereNothingIsAskedOrThere) {
  EXPECT_EQ(print(decision_tree(kOptions, kAccurate, {.asked = {}}).value()), "large\n");
  EXPECT_EQ(print(decision_tree({}, kAccurate).value()), "nothing fits\n");
  EXPECT_FALSE(decision_tree(kOptions, kAccurate, {.asked = {Limited::Power}}));
}

TEST(DecisionTree, AnswersLikeRecommendForEveryLimit) {
  const std::vector<Limited> asked{Limited::PeakRam, Limited::Flash, Limited::Latency, Limited::Top1};
  int choices = 0;
  int none = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const std::vector<Option> options = random_options(seed);
    const Request request = random_request(seed);
    const DecisionTree tree = decision_tree(options, request, {.asked = asked, .max_nodes = 100'000}).value();
    base::Random random(seed);
    for (int i = 0; i < 20; ++i) {
      std::vector<Limit> limits;
      for (const Limited limited : asked) {
        limits.push_back({limited, limited == Limited::Top1 ? 75 + 0.625 * static_cast<double>(random.integer(0, 32))
                                                            : 18.75 * static_cast<double>(random.integer(1, 25))});
      }
      Request at = request;
      std::erase_if(at.constraints.limits, [](const Limit& given) {
        return given.limited != Limited::Energy && given.limited != Limited::Power;
      });
      at.constraints.limits.insert(at.constraints.limits.end(), limits.begin(), limits.end());
      const Recommendation expected = recommend(options, at).value();
      const TreeNode& answer = answer_of(tree, limits);
      EXPECT_EQ(answer.undecided, 0U);
      ASSERT_EQ(answer.choice ? answer.choice->key : "", expected.feasible ? expected.choice->key : "") << seed;
      expected.feasible ? ++choices : ++none;
    }
  }
  EXPECT_GT(choices, 500);
  EXPECT_GT(none, 500);
}

}  // namespace
}  // namespace netfit::select
