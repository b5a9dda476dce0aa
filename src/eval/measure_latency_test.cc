// SPDX-License-Identifier: Apache-2.0
#include "eval/measure_latency.h"

#include <string>

#include <gtest/gtest.h>

namespace netfit::eval {
namespace {

/// A clock that only the subjects move, and what they did.
class Laboratory {
 public:
  /// Loads in 1 s and runs in `seconds`.
  Subject subject(char name, double seconds) {
    return {.load = [this]() -> Result<void> {
              now_ += 1.0;
              return {};
            },
            .invoke = [this, name, seconds]() -> Result<void> {
              now_ += seconds;
              order_ += name;
              return {};
            }};
  }

  LatencyOptions options(std::int64_t warmup_runs) const {
    return {
        .warmup_runs = warmup_runs, .wall_clock = [this] { return now_; }, .cpu_clock = [this] { return now_ / 2; }};
  }

  const std::string& order() const { return order_; }

 private:
  double now_ = 0.0;
  std::string order_;
};

/// Says stop after so many questions.
class StopAfter : public Progress {
 public:
  explicit StopAfter(int questions) : left_(questions) {}
  bool stopped() const override { return left_-- <= 0; }

 private:
  mutable int left_;
};

TEST(MeasureLatency, TimesInvokeAlone) {
  Laboratory laboratory;
  LatencyOptions options = laboratory.options(3);
  options.runs = 7;
  const auto measured = measure_latency(std::vector{laboratory.subject('a', 0.25)}, options, base::no_progress());
  ASSERT_TRUE(measured);
  ASSERT_EQ(measured->subjects.size(), 1U);
  const MeasuredLatency& subject = measured->subjects[0];
  EXPECT_TRUE(measured->complete);
  EXPECT_EQ(subject.warmup_ms, (std::vector<double>{250, 250, 250}));
  EXPECT_EQ(subject.timed.runs, 7);
  EXPECT_EQ(subject.timed.p50_ms, 250);
  EXPECT_EQ(subject.timed.sub_batch_p50s_ms.size(), 7U);
  EXPECT_NEAR(subject.cpu_percent, 50, 1e-9);
  EXPECT_EQ(laboratory.order(), std::string(10, 'a'));
}

TEST(MeasureLatency, FillsTheBudget) {
  Laboratory laboratory;
  LatencyOptions options = laboratory.options(2);
  options.budget_seconds = 50;
  const auto measured = measure_latency(std::vector{laboratory.subject('a', 0.5)}, options, base::no_progress());
  ASSERT_TRUE(measured);
  EXPECT_EQ(measured->subjects[0].timed.runs, 100);
  EXPECT_EQ(measured->subjects[0].timed.sub_batch_p50s_ms.size(), 20U);
}

TEST(MeasureLatency, RunsFiveTimesWhateverTheBudget) {
  Laboratory laboratory;
  LatencyOptions options = laboratory.options(0);
  options.budget_seconds = 0.001;
  const auto measured = measure_latency(std::vector{laboratory.subject('a', 8)}, options, base::no_progress());
  ASSERT_TRUE(measured);
  EXPECT_EQ(measured->subjects[0].timed.runs, 5);
  EXPECT_TRUE(measured->subjects[0].timed.interval);
  // The run by which the budget was planned shows as warm-up.
  EXPECT_EQ(measured->subjects[0].warmup_ms.size(), 1U);
}

TEST(MeasureLatency, TakesTurnsWithAnUntimedRunInFront) {
  Laboratory laboratory;
  LatencyOptions options = laboratory.options(0);
  options.runs = 40;
  const std::vector<Subject> subjects{laboratory.subject('a', 0.5), laboratory.subject('b', 2)};
  const auto measured = measure_latency(subjects, options, base::no_progress());
  ASSERT_TRUE(measured);
  EXPECT_EQ(laboratory.order().substr(0, 15), "aaabbbbbbaaaaaa");
  EXPECT_EQ(laboratory.order().size(), 2U * (40 + 20));
  EXPECT_EQ(measured->subjects[0].timed.p50_ms, 500);
  EXPECT_EQ(measured->subjects[1].timed.p50_ms, 2000);
  EXPECT_EQ(measured->subjects[0].timed.runs, 40);
}

TEST(MeasureLatency, KeepsWhatWasMeasuredBeforeAStop) {
  Laboratory laboratory;
  LatencyOptions options = laboratory.options(0);
  options.runs = 40;
  // Asked before the first round, then before each run.
  StopAfter progress(2);
  const auto measured = measure_latency(std::vector{laboratory.subject('a', 0.5)}, options, progress);
  ASSERT_TRUE(measured);
  EXPECT_FALSE(measured->complete);
  EXPECT_EQ(measured->subjects[0].timed.runs, 1);
}

TEST(MeasureLatency, IsInterruptedBeforeTheFirstTimedRun) {
  for (const int questions : {0, 1, 3}) {
    Laboratory laboratory;
    LatencyOptions options = laboratory.options(2);
    options.runs = 40;
    StopAfter progress(questions);
    const auto measured = measure_latency(std::vector{laboratory.subject('a', 0.5)}, options, progress);
    ASSERT_FALSE(measured);
    EXPECT_EQ(measured.error().kind(), ErrorKind::Interrupted);
  }
}

TEST(MeasureLatency, PassesOnWhatFails) {
  const Subject broken{.load = []() -> Result<void> { return {}; },
                       .invoke = []() -> Result<void> { return bad_input("no luck"); }};
  const auto measured = measure_latency(std::vector{broken}, {}, base::no_progress());
  ASSERT_FALSE(measured);
  EXPECT_EQ(measured.error().what(), "no luck");
}

}  // namespace
}  // namespace netfit::eval
