// SPDX-License-Identifier: Apache-2.0
#include "quant/mixed/choose_precisions.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.h"

namespace netfit::quant {
namespace {

enum class Costs { Bytes, Milliseconds };

// Layers as a network has them: the less a layer costs, the noisier, with exceptions that no search may fall for.
std::vector<LayerChoice> random_layers(base::Random& random, int count, int most_options, Costs costs) {
  std::vector<LayerChoice> layers;
  for (int i = 0; i < count; ++i) {
    LayerChoice layer{.layer = ir::NodeId(i)};
    const std::int64_t options = random.integer(1, most_options);
    for (std::int64_t j = 0; j < options; ++j) {
      const double cost = costs == Costs::Bytes ? static_cast<double>(random.integer(0, 200))
                                                : static_cast<double>(random.real(0.0F, 2.0F));
      const double spread = random.chance(80) ? 1.0 / (1.0 + cost) : 1.0;
      layer.options.push_back({.cost = cost, .noise = spread * static_cast<double>(random.real(0.0F, 1.0F))});
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

// The least noise of all assignments, one after the other; infinite if none fits.
double brute_force(const std::vector<LayerChoice>& layers, double budget) {
  double best = std::numeric_limits<double>::infinity();
  std::vector<std::size_t> chosen(layers.size(), 0);
  while (true) {
    double cost = 0.0;
    double noise = 0.0;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      cost += layers[i].options[chosen[i]].cost;
      noise += layers[i].options[chosen[i]].noise;
    }
    if (cost <= budget) best = std::min(best, noise);
    std::size_t i = 0;
    while (i < layers.size() && ++chosen[i] == layers[i].options.size()) chosen[i++] = 0;
    if (i == layers.size()) return best;
  }
}

// The cost that lies that far on the way from the cheapest options to the dearest, 0 to 1.
double between(const std::vector<LayerChoice>& layers, double share) {
  double cost = 0.0;
  for (const LayerChoice& layer : layers) {
    const auto [cheapest, dearest] = std::ranges::minmax_element(layer.options, {}, &Option::cost);
    cost += cheapest->cost + share * (dearest->cost - cheapest->cost);
  }
  return cost;
}

TEST(ChoosePrecisions, IsAsGoodAsTryingEverything) {
  base::Random random(1);
  for (int instance = 0; instance < 2000; ++instance) {
    const Costs costs = instance % 2 == 0 ? Costs::Bytes : Costs::Milliseconds;
    const auto layers = random_layers(random, static_cast<int>(random.integer(1, 7)), 4, costs);
    const double budget = between(layers, static_cast<double>(random.real(-0.2F, 1.1F)));
    const std::optional<Assignment> found = choose_precisions(layers, budget);
    const double best = brute_force(layers, budget);
    ASSERT_EQ(found.has_value(), std::isfinite(best)) << "instance " << instance;
    if (!found) continue;
    EXPECT_LE(found->cost, budget);
    EXPECT_NEAR(found->noise, best, 1e-12) << "instance " << instance;
  }
}

TEST(ChoosePrecisions, NoLayersCostNothing) {
  const auto found = choose_precisions({}, 0.0);
  ASSERT_TRUE(found.has_value());
  EXPECT_TRUE(found->chosen.empty());
}

TEST(ChoosePrecisions, FindsNothingBelowTheCheapest) {
  const std::vector<LayerChoice> layers{{ir::NodeId(0), {{.cost = 3.0, .noise = 1.0}, {.cost = 5.0, .noise = 0.0}}},
                                        {ir::NodeId(1), {{.cost = 4.0, .noise = 1.0}}}};
  EXPECT_FALSE(choose_precisions(layers, 6.0).has_value());
  EXPECT_EQ(choose_precisions(layers, 7.0)->chosen, (std::vector<std::size_t>{0, 0}));
}

// Greedy steps take the first layer (gain 3 for 2) and then have nothing left for the second; the optimum is the
// second alone.
TEST(ChoosePrecisions, IsNotGreedy) {
  const std::vector<LayerChoice> layers{{ir::NodeId(0), {{.cost = 0.0, .noise = 3.0}, {.cost = 2.0, .noise = 0.0}}},
                                        {ir::NodeId(1), {{.cost = 0.0, .noise = 4.0}, {.cost = 3.0, .noise = 0.0}}}};
  EXPECT_EQ(choose_precisions(layers, 3.0)->chosen, (std::vector<std::size_t>{0, 1}));
}

// A budget that is odd where every step costs 2: the relaxation is half a step better than any assignment, so that its
// bound alone rules out none of the 2^60.
TEST(ChoosePrecisions, LayersThatAreAlikeDoNotMultiply) {
  const LayerChoice layer{ir::NodeId(0), {{.cost = 2.0, .noise = 1.0}, {.cost = 4.0, .noise = 0.5}}};
  const std::vector<LayerChoice> layers(60, layer);
  const auto found = choose_precisions(layers, 121.0 + 60.0);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->noise, 45.0);
}

TEST(ChoosePrecisions, SolvesNetworksOfManyLayers) {
  base::Random random(2);
  for (int instance = 0; instance < 20; ++instance) {
    const auto layers = random_layers(random, 60, 5, instance % 2 == 0 ? Costs::Bytes : Costs::Milliseconds);
    const double budget = between(layers, 0.4);
    const auto found = choose_precisions(layers, budget);
    ASSERT_TRUE(found.has_value());
    EXPECT_LE(found->cost, budget);
  }
}

TEST(PrecisionCurve, FallsFromTheCheapestToTheBest) {
  base::Random random(3);
  const auto layers = random_layers(random, 12, 4, Costs::Bytes);
  const std::vector<Assignment> curve = precision_curve(layers, 2);
  double best = 0.0;
  for (const LayerChoice& layer : layers) {
    best += std::ranges::min_element(layer.options, {}, &Option::noise)->noise;
  }
  EXPECT_EQ(curve.front().cost, between(layers, 0.0));
  EXPECT_NEAR(curve.back().noise, best, 1e-12);
  for (std::size_t i = 1; i < curve.size(); ++i) {
    EXPECT_GT(curve[i].cost, curve[i - 1].cost);
    EXPECT_LT(curve[i].noise, curve[i - 1].noise);
  }
}

TEST(PrecisionCurve, EveryPointIsTheBestForItsCost) {
  base::Random random(4);
  for (int instance = 0; instance < 50; ++instance) {
    const auto layers = random_layers(random, 6, 4, Costs::Bytes);
    for (const Assignment& point : precision_curve(layers, 1)) {
      EXPECT_NEAR(point.noise, brute_force(layers, point.cost), 1e-12);
    }
  }
}

}  // namespace
}  // namespace netfit::quant
