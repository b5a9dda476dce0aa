// SPDX-License-Identifier: Apache-2.0
#include "select/option.h"

#include <gtest/gtest.h>

#include "store/content_key.h"

namespace netfit::select {
namespace {

store::Run sample() {
  store::Run run;
  run.candidate = {"cnn", "aa", "int8", {{"prune", "0.5"}}};
  run.device.name = "stm32h747";
  run.runtime.name = "x-cube-ai";
  run.file.name = "cnn.tflite";
  run.tool_version = "0.1.0";
  return run;
}

TEST(Option, NamesTheRunItComesFrom) {
  const Option option = option_of(sample());
  EXPECT_EQ(option.label, "cnn int8 prune=0.5");
  EXPECT_EQ(option.key, store::content_key(sample()));
  EXPECT_EQ(option.device, "stm32h747");
  EXPECT_EQ(option.file, "cnn.tflite");
}

TEST(Option, TakesTheReadingNearestToHardware) {
  store::Run run = sample();
  run.readings = {Reading::exact(Quantity::Latency, 1, base::Source::Analytic),
                  Reading::exact(Quantity::Latency, 2, base::Source::Calibrated),
                  Reading::exact(Quantity::Latency, 3, base::Source::Measured),
                  Reading::exact(Quantity::Latency, 4, base::Source::Measured),
                  Reading::exact(Quantity::Latency, 5, base::Source::Published)};
  EXPECT_EQ(option_of(run).find(Quantity::Latency)->value, 3);
}

TEST(Option, SaysWhyAReadingIsMissing) {
  store::Run run = sample();
  run.unavailable = {{Quantity::Energy, "the device states no energy figures"}};
  const Option option = option_of(run);
  EXPECT_EQ(option.find(Quantity::Energy), nullptr);
  EXPECT_EQ(option.why_missing(Quantity::Energy), "the device states no energy figures");
  EXPECT_EQ(option.why_missing(Quantity::Flash), "it was not evaluated");
}

}  // namespace
}  // namespace netfit::select
