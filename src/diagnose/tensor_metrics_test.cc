// SPDX-License-Identifier: Apache-2.0
#include "diagnose/tensor_metrics.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "support/random_tensor.h"

namespace netfit::diagnose {
namespace {

TensorMetrics metrics_of(const std::vector<float>& a, const std::vector<float>& b, std::optional<Grid> grid = {}) {
  MetricsAccumulator accumulator(grid);
  accumulator.learn_range(a);
  accumulator.add(a, b);
  return accumulator.result();
}

// -128 to 127 steps of 1/16.
constexpr Grid kGrid{.step = 0.0625, .low = -8.0, .high = 7.9375};

std::vector<float> random_floats(std::int64_t count) {
  const Tensor tensor = support::random_tensor(7, DType::Float32, Shape{count});
  return {tensor.data<float>().begin(), tensor.data<float>().end()};
}

TEST(TensorMetrics, EqualTensorsDifferInNothing) {
  const std::vector<float> a = random_floats(1000);
  const TensorMetrics metrics = metrics_of(a, a);
  EXPECT_EQ(metrics.sqnr_db, std::numeric_limits<double>::infinity());
  EXPECT_NEAR(metrics.cosine, 1.0, 1e-12);
  EXPECT_EQ(metrics.kl, 0.0);
  EXPECT_EQ(metrics.mse, 0.0);
  EXPECT_EQ(metrics.median_relative_difference, 0.0);
  EXPECT_EQ(metrics.largest_difference, 0.0);
  EXPECT_FALSE(metrics.range_ratio.has_value());
}

TEST(TensorMetrics, AreThoseOfTheFormulas) {
  const TensorMetrics metrics = metrics_of({3, -4}, {3, -3});
  EXPECT_NEAR(metrics.sqnr_db, 10.0 * std::log10(25.0 / 1.0), 1e-9);
  EXPECT_NEAR(metrics.cosine, 21.0 / (5.0 * std::sqrt(18.0)), 1e-9);
  EXPECT_NEAR(metrics.mse, 0.5, 1e-12);
  EXPECT_EQ(metrics.largest_difference, 1.0);
  // 0 and 1/4.
  EXPECT_EQ(metrics_of({4, 4, 4}, {3, 3, 4}).median_relative_difference, 0.25);
}

TEST(TensorMetrics, OppositeAndAbsentTensorsHaveTheirCosine) {
  EXPECT_NEAR(metrics_of({1, 2}, {-1, -2}).cosine, -1.0, 1e-12);
  EXPECT_EQ(metrics_of({1, 2}, {0, 0}).cosine, 0.0);
  EXPECT_EQ(metrics_of({0, 0}, {0, 0}).cosine, 1.0);
  EXPECT_NEAR(metrics_of({1, 2}, {0, 0}).sqnr_db, 0.0, 1e-12);
}

TEST(TensorMetrics, RoundingToTheGridDivergesByNothing) {
  std::vector<float> a = random_floats(20000);
  std::vector<float> b = a;
  for (float& element : b) element = std::round(element / 0.0625F) * 0.0625F;
  const TensorMetrics metrics = metrics_of(a, b, kGrid);
  EXPECT_EQ(metrics.kl, 0.0);
  // Uniform in [-1, 1) on steps of 1/16: power 1/3 over step^2 / 12.
  EXPECT_NEAR(metrics.sqnr_db, 10.0 * std::log10(1.0 / 3.0 / (0.0625 * 0.0625 / 12.0)), 0.2);
  EXPECT_EQ(metrics.saturation_percent, 0.0);
  EXPECT_NEAR(*metrics.range_ratio, 15.9375 / 2.0, 0.01);
  for (float& element : b) element *= 0.5F;
  EXPECT_GT(metrics_of(a, b, kGrid).kl, 0.3);
}

TEST(TensorMetrics, CountsElementsThatTheGridCutsOff) {
  const TensorMetrics metrics =
      metrics_of({9, 7.94F, -8.02F, -20, 1, 1, 1, 1}, {7.9375, 7.9375, -8, -8, 1, 1, 1, 1}, kGrid);
  EXPECT_EQ(metrics.saturation_percent, 25.0);
  EXPECT_NEAR(*metrics.range_ratio, 15.9375 / 29.0, 1e-12);
}

TEST(TensorMetrics, RareSpikesHaveALowTailRatio) {
  std::vector<float> a(10000, 1.0F);
  EXPECT_NEAR(metrics_of(a, a).tail_ratio, 1.0, 1e-3);
  a[17] = -64.0F;
  EXPECT_NEAR(metrics_of(a, a).tail_ratio, 1.0 / 64.0, 1e-3);
}

TEST(TensorMetrics, ChunksGiveWhatTheWholeGives) {
  const std::vector<float> a = random_floats(1000);
  std::vector<float> b = a;
  for (float& element : b) element *= 0.75F;
  MetricsAccumulator chunks{std::nullopt};
  const std::span<const float> all_a(a);
  const std::span<const float> all_b(b);
  chunks.learn_range(all_a.first(300));
  chunks.learn_range(all_a.subspan(300));
  chunks.add(all_a.first(500), all_b.first(500));
  chunks.add(all_a.subspan(500), all_b.subspan(500));
  const TensorMetrics whole = metrics_of(a, b);
  EXPECT_NEAR(chunks.result().sqnr_db, whole.sqnr_db, 1e-9);
  EXPECT_EQ(chunks.result().kl, whole.kl);
  EXPECT_EQ(chunks.result().tail_ratio, whole.tail_ratio);
}

TEST(TensorMetrics, WhatIsNoNumberIsInfinitelyFarAway) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const TensorMetrics metrics = metrics_of({1, nan, 2}, {1, 3, 2});
  EXPECT_EQ(metrics.sqnr_db, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(metrics.largest_difference, std::numeric_limits<double>::infinity());
  EXPECT_NEAR(metrics.cosine, 1.0, 1e-12);
  EXPECT_EQ(metrics_of({1, nan}, {1, nan}).largest_difference, 0.0);
}

TEST(GridOf, IsThatOfTheIntegers) {
  const ir::Value quantized{.dtype = DType::Int8, .quant = QuantParams::per_tensor(0.5F, -128)};
  const std::optional<Grid> grid = grid_of(quantized);
  ASSERT_TRUE(grid.has_value());
  EXPECT_EQ(grid->step, 0.5);
  EXPECT_EQ(grid->low, 0.0);
  EXPECT_EQ(grid->high, 127.5);
  EXPECT_FALSE(grid_of({.dtype = DType::Float32}).has_value());
}

}  // namespace
}  // namespace netfit::diagnose
