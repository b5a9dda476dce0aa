// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/round_channel.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.h"

namespace netfit::quant {
namespace {

constexpr std::size_t kSize = 6;

/// Second moments of data whose elements are alike.
std::vector<double> alike_moments(std::uint64_t seed) {
  base::Random random(seed);
  std::vector<double> moments(kSize * kSize, 0.0);
  for (int sample = 0; sample < 50; ++sample) {
    const float common = random.real(-1, 1);
    std::vector<double> x;
    for (std::size_t i = 0; i < kSize; ++i) x.push_back(static_cast<double>(common + random.real(-0.5F, 0.5F)));
    for (std::size_t i = 0; i < kSize; ++i) {
      for (std::size_t j = 0; j < kSize; ++j) moments[i * kSize + j] += x[i] * x[j] / 50;
    }
  }
  return moments;
}

double error_of(const Quadratic& quadratic, const std::vector<double>& best, const std::vector<int>& integers,
                double scale) {
  std::vector<double> off;
  for (std::size_t i = 0; i < kSize; ++i) off.push_back(integers[i] * scale - best[i]);
  const std::vector<double> product = quadratic.times(off);
  double sum = 0;
  for (std::size_t i = 0; i < kSize; ++i) sum += off[i] * product[i];
  return sum;
}

/// The least error of all integers from -2 to 2.
double least_error(const Quadratic& quadratic, const std::vector<double>& best, double scale) {
  double least = INFINITY;
  for (int code = 0; code < 15'625; ++code) {
    std::vector<int> integers;
    for (int rest = code; integers.size() < kSize; rest /= 5) integers.push_back(rest % 5 - 2);
    least = std::min(least, error_of(quadratic, best, integers, scale));
  }
  return least;
}

std::vector<double> random_weights(std::uint64_t seed) {
  base::Random random(seed);
  std::vector<double> weights;
  for (std::size_t i = 0; i < kSize; ++i) weights.push_back(static_cast<double>(random.real(-2, 2)));
  return weights;
}

TEST(RoundChannel, ComesNearTheBestOfAllIntegersAndBeatsNearestRounding) {
  double found_sum = 0;
  double least_sum = 0;
  double nearest_sum = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const Quadratic quadratic(alike_moments(seed), kSize);
    const std::vector<double> weights = random_weights(100 + seed);
    const RoundedChannel found = round_channel(quadratic, weights, {.largest = 2, .scale = 1.0, .least_scale = 1.0});
    EXPECT_EQ(found.scale, 1.0);
    EXPECT_NEAR(found.error, error_of(quadratic, weights, found.integers, 1.0), 1e-9);
    std::vector<int> nearest;
    for (const double weight : weights) nearest.push_back(static_cast<int>(std::round(weight)));
    found_sum += found.error;
    least_sum += least_error(quadratic, weights, 1.0);
    nearest_sum += error_of(quadratic, weights, nearest, 1.0);
  }
  EXPECT_GE(found_sum, least_sum - 1e-9);
  EXPECT_LT(found_sum, 1.25 * least_sum);
  EXPECT_LT(found_sum, 0.6 * nearest_sum);
}

TEST(RoundChannel, FindsTheScaleThatHoldsTheWeightsExactly) {
  const Quadratic quadratic(alike_moments(1), kSize);
  const std::vector<double> weights{0.6, -1.8, 4.2, 1.2, -3.0, 0.0};  // 0.6 times 1, -3, 7, 2, -5, 0
  const RoundedChannel found = round_channel(quadratic, weights, {.largest = 7, .scale = 0.8, .least_scale = 0.5});
  EXPECT_NEAR(found.scale, 0.6, 1e-6);
  EXPECT_EQ(found.integers, (std::vector<int>{1, -3, 7, 2, -5, 0}));
  EXPECT_NEAR(found.error, 0, 1e-9);
}

TEST(RoundChannel, StaysWithinTheLargestInteger) {
  const Quadratic quadratic(alike_moments(2), kSize);
  const std::vector<double> weights(kSize, 9.0);
  const RoundedChannel found = round_channel(quadratic, weights, {.largest = 7, .scale = 1.0, .least_scale = 1.0});
  EXPECT_EQ(found.integers, std::vector<int>(kSize, 7));
}

TEST(Quadratic, FindsTheRealsThatSamplesAndPriorAskFor) {
  const std::vector<double> moments = alike_moments(3);
  const Quadratic quadratic(moments, kSize);
  const std::vector<double> weights = random_weights(4);
  std::vector<double> cross(kSize, 0.0);
  for (std::size_t i = 0; i < kSize; ++i) {
    for (std::size_t j = 0; j < kSize; ++j) cross[i] += moments[i * kSize + j] * weights[j];
  }
  const std::vector<double> best = quadratic.best(cross, weights);
  for (std::size_t i = 0; i < kSize; ++i) EXPECT_NEAR(best[i], weights[i], 1e-9);
}

TEST(Quadratic, LeavesWhatNoSampleShowsToThePrior) {
  std::vector<double> moments(kSize * kSize, 0.0);
  moments[0] = 1.0;
  const Quadratic quadratic(moments, kSize);
  std::vector<double> cross(kSize, 0.0);
  cross[0] = 5.0;
  const std::vector<double> best = quadratic.best(cross, std::vector<double>(kSize, 3.0));
  EXPECT_NEAR(best[0], 5.0, 0.1);
  for (std::size_t i = 1; i < kSize; ++i) EXPECT_NEAR(best[i], 3.0, 1e-9);
}

}  // namespace
}  // namespace netfit::quant
