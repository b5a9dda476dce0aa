// SPDX-License-Identifier: Apache-2.0
#include "eval/fill_run.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "cost/test_devices.h"
#include "ir/parser.h"

namespace netfit::eval {
namespace {

// Gives the samples back as scores.
class EchoExecutor : public exec::Executor {
 public:
  Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Progress&) override {
    return std::vector<Tensor>{inputs[0]};
  }
  std::string name() const override { return "echo"; }
};

ir::Graph tiny() {
  return ir::parse(R"(
    graph main(%x: f32[1,2]) -> (%y) {
      %y = relu(%x)
    })")
      .value();
}

ir::Graph tiny_network() {
  return ir::parse(R"(
    graph main(%x: f32[1,2]) -> (%y) {
      const @v: f32[3,2] = fill(1)
      %y = fully_connected(%x, @v)
    })")
      .value();
}

data::Dataset two_classes(std::vector<std::int64_t> labels) {
  // The greater score is class 0, 1, 1, 0.
  return {.name = "t",
          .images = false,
          .samples = Tensor::from(Shape{4, 2}, std::vector<float>{2, 1, 1, 2, 3, 4, 9, 0}),
          .labels = std::move(labels)};
}

const Reading* find(const store::Run& run, Quantity quantity) {
  const auto found = std::ranges::find(run.readings, quantity, &Reading::quantity);
  return found == run.readings.end() ? nullptr : &*found;
}

TEST(MeasureTop1, CountsHitsAndGivesTheWilsonInterval) {
  EchoExecutor echo;
  const Reading reading =
      measure_top1(echo, tiny(), two_classes({0, 1, 1, 1}), std::nullopt, base::no_progress()).value();
  EXPECT_EQ(reading.value, 75.0);
  EXPECT_LT(reading.low, 60.0);
  EXPECT_GT(reading.high, 90.0);
  EXPECT_EQ(reading.source, base::Source::Measured);
  EXPECT_EQ(reading.note, "3 of 4 samples");
}

TEST(MeasureTop1, KeepsTheValueInsideItsIntervalAtBothEnds) {
  EchoExecutor echo;
  for (const auto& labels : {std::vector<std::int64_t>{0, 1, 1, 0}, std::vector<std::int64_t>{1, 0, 0, 1}}) {
    const Reading reading = measure_top1(echo, tiny(), two_classes(labels), std::nullopt, base::no_progress()).value();
    EXPECT_LE(reading.low, reading.value);
    EXPECT_GE(reading.high, reading.value);
  }
}

TEST(MeasureTop1, RefusesADataSetWithoutLabels) {
  EchoExecutor echo;
  const auto measured = measure_top1(echo, tiny(), two_classes({}), std::nullopt, base::no_progress());
  EXPECT_EQ(measured.error().what(), "data set 't' has no labels");
}

TEST(AddEstimate, FillsReadingsAndLayersOfARunThatTheStoreTakes) {
  store::Run run;
  run.candidate = {"m", "g", "float32", {}};
  run.device.name = "small-board";
  run.tool_version = "0";
  ASSERT_TRUE(add_estimate(run, tiny(), cost::small_board(), cost::plain_runtime(), std::nullopt));
  for (const Quantity quantity : {Quantity::Latency, Quantity::PeakRam, Quantity::Flash, Quantity::Macs}) {
    EXPECT_NE(find(run, quantity), nullptr) << base::name(quantity);
  }
  ASSERT_EQ(run.layers.size(), 1U);
  EXPECT_EQ(run.layers[0].op, "relu");
  EXPECT_TRUE(store::check_run(run));
}

TEST(AddEstimate, GivesNoPredictionsForWhatTheRuntimeCannotRun) {
  device::Runtime integers_only = cost::plain_runtime();
  integers_only.arithmetic = {DType::Int8};
  store::Run run;
  run.candidate = {"m", "g", "float32", {}};
  run.device.name = "small-board";
  run.tool_version = "0";
  ASSERT_TRUE(add_estimate(run, tiny_network(), cost::small_board(), integers_only, std::nullopt));
  for (const Quantity quantity : {Quantity::Latency, Quantity::PeakRam, Quantity::Flash, Quantity::Energy}) {
    EXPECT_EQ(find(run, quantity), nullptr) << base::name(quantity);
    EXPECT_EQ(std::ranges::count(run.unavailable, quantity, &store::Unavailable::quantity), 1);
  }
  EXPECT_NE(find(run, Quantity::Macs), nullptr);
  EXPECT_TRUE(run.layers.empty());
  EXPECT_TRUE(store::check_run(run));
}

}  // namespace
}  // namespace netfit::eval
