// SPDX-License-Identifier: Apache-2.0
#include "cost/estimate.h"

#include <limits>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cost/test_devices.h"
#include "support/graph_text.h"
#include "support/random_graph.h"

namespace netfit::cost {
namespace {

using support::graph_of;

constexpr std::string_view kNet = R"(graph main(%x: f32[1,8,8,4]) -> (%y) {
  const @w: f32[8,3,3,4] = random(1)
  const @b: f32[8] = random(2)
  const @v: f32[10,8] = random(3)
  %c = conv2d(%x, @w, @b) padding=1,1,1,1 activation=relu
  %m = mean(%c) axes=[1,2]
  %y = fully_connected(%m, @v)
})";

Estimate estimated(const ir::Graph& graph, const device::Device& board, const EstimateOptions& options = {}) {
  Result<Estimate> result = estimate(graph, board, plain_runtime(), options);
  EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().text());
  return result ? *std::move(result) : Estimate();
}

double value_of(const Estimate& estimate, Quantity quantity) {
  const Reading* reading = estimate.find(quantity);
  return reading == nullptr ? -1.0 : reading->value;
}

TEST(Estimate, CountsWhatIsExact) {
  const Estimate result = estimated(graph_of(kNet), small_board());
  EXPECT_EQ(value_of(result, Quantity::Macs), 64 * 8 * 36 + 80);
  EXPECT_EQ(value_of(result, Quantity::Params), 8 * 36 + 8 + 80);
  EXPECT_EQ(result.weight_bytes, 4 * (8 * 36 + 8 + 80));
  EXPECT_EQ(value_of(result, Quantity::Arena), static_cast<double>(result.plan.arena_bytes));
  const Reading& macs = *result.find(Quantity::Macs);
  EXPECT_EQ(macs.low, macs.high);
}

TEST(Estimate, GivesPredictionsAnInterval) {
  const Estimate result = estimated(graph_of(kNet), small_board());
  for (const Quantity quantity : {Quantity::Latency, Quantity::Energy, Quantity::PeakRam, Quantity::Flash}) {
    const Reading* reading = result.find(quantity);
    ASSERT_NE(reading, nullptr) << name(quantity);
    EXPECT_LT(reading->low, reading->value);
    EXPECT_GT(reading->high, reading->value);
    EXPECT_EQ(reading->source, base::Source::Analytic);
  }
}

TEST(Estimate, AddsTheRuntimeToArenaAndWeights) {
  const ir::Graph graph = graph_of(kNet);
  device::Runtime runtime = plain_runtime();
  runtime.ram_bytes = 1000;
  runtime.ram_bytes_per_layer = 10;
  runtime.code_bytes = 2000;
  runtime.code_bytes_per_layer = 20;
  const Estimate result = *estimate(graph, small_board(), runtime, {});
  EXPECT_EQ(value_of(result, Quantity::PeakRam), static_cast<double>(result.plan.arena_bytes + 1000 + 3 * 10));
  EXPECT_EQ(value_of(result, Quantity::Flash), static_cast<double>(result.weight_bytes + 2000 + 3 * 20));
}

TEST(Estimate, AddsWeightsToRamWhereTheyAreLoaded) {
  const Estimate result = estimated(graph_of(kNet), large_board());
  EXPECT_EQ(value_of(result, Quantity::PeakRam), static_cast<double>(result.plan.arena_bytes + result.weight_bytes));
}

TEST(Estimate, TakesALatencyByMeasurementsIfItIsSurerAndScalesTheLayersToIt) {
  device::Device board = large_board();
  board.power.factor = 1.5;
  const ir::Graph graph = graph_of(kNet);
  const Estimate analytic = cost::estimate(graph, board, plain_runtime(), {}).value();
  const double before = analytic.find(Quantity::Latency)->value;
  Reading measured{Quantity::Latency, 3 * before, 2.7 * before, 3.3 * before, base::Source::Calibrated, "by rows"};
  const Estimate taken = cost::estimate(graph, board, plain_runtime(), {.latency = measured}).value();
  EXPECT_EQ(taken.find(Quantity::Latency)->source, base::Source::Calibrated);
  EXPECT_DOUBLE_EQ(taken.find(Quantity::Latency)->value, 3 * before);
  double sum = 0.0;
  for (const LayerCost& layer : taken.layers) sum += layer.latency_ms;
  EXPECT_NEAR(sum, 3 * before, 1e-9 * before);
  EXPECT_NEAR(taken.find(Quantity::Energy)->value, 3 * analytic.find(Quantity::Energy)->value, 1e-9);
  // Wider than the analytic interval, it is left alone.
  measured.low = 1e-3 * before;
  measured.high = 1e3 * before;
  EXPECT_EQ(cost::estimate(graph, board, plain_runtime(), {.latency = measured}).value().find(Quantity::Latency)->value,
            before);
}

TEST(Estimate, MakesEnergyOfPowerAndTime) {
  const Estimate result = estimated(graph_of(kNet), large_board(), {.threads = 3});
  EXPECT_NEAR(value_of(result, Quantity::Energy), 3.0 * value_of(result, Quantity::Latency), 1e-9);
}

TEST(Estimate, SaysWhyThereIsNoLatency) {
  const Estimate result = estimated(graph_of(kNet), small_board(), {.as_type = DType::Float16});
  EXPECT_EQ(result.find(Quantity::Latency), nullptr);
  ASSERT_EQ(result.unavailable.size(), 2U);
  EXPECT_EQ(result.unavailable[0].reason, "device 'small-board' has no peak figure for f16");
  EXPECT_NE(result.find(Quantity::PeakRam), nullptr);

  device::Device unpowered = small_board();
  unpowered.power = {};
  const Estimate cold = estimated(graph_of(kNet), unpowered);
  EXPECT_NE(cold.find(Quantity::Latency), nullptr);
  EXPECT_EQ(cold.unavailable.at(0).quantity, Quantity::Energy);
}

TEST(Estimate, SaysThatTheRuntimeDoesNotRunTheGraph) {
  device::Runtime runtime = plain_runtime();
  runtime.arithmetic = {DType::Int8};
  const Result<Estimate> result = estimate(graph_of(kNet), small_board(), runtime, {});
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->find(Quantity::Latency), nullptr);
  EXPECT_EQ(result->unavailable.at(0).reason,
            "conv2d 'c': type f32 is not supported by runtime 'plain' (allowed: i8) (and 1 more)");
}

// One layer of 64 weights and 8 scales between 128 elements each.
Estimate of_types(const std::string& data, const std::string& weights) {
  return estimated(graph_of("graph main(%x: " + data + "[1,4,4,8] q(0.1, 0)) -> (%y) { const @w: " + weights +
                            "[8,1,1,8] q(axis=0, [1,1,1,1,1,1,1,1]) = random(1) %y: q(0.2, 0) = conv2d(%x, @w) }"),
                   small_board());
}

TEST(Estimate, KnowsTheBytesButNotTheTimeOfWidthsThatNoPublishedRowJudges) {
  const Estimate bytes = of_types("i8", "i8");
  EXPECT_EQ(bytes.weight_bytes, 64 + 32);
  EXPECT_NE(bytes.find(Quantity::Latency), nullptr);

  const Estimate wide = of_types("i16", "i8");
  EXPECT_EQ(wide.weight_bytes, 64 + 32);
  EXPECT_EQ(wide.plan.arena_bytes, 2 * bytes.plan.arena_bytes);
  EXPECT_EQ(wide.find(Quantity::Latency), nullptr);
  EXPECT_EQ(wide.unavailable.at(0).reason,
            "conv2d 'y': type i16 is not supported by runtime 'plain' (allowed: f32, f16, i8)");

  const Estimate narrow = of_types("i8", "i4");
  EXPECT_EQ(narrow.weight_bytes, 32 + 32);
  EXPECT_EQ(narrow.plan.arena_bytes, bytes.plan.arena_bytes);
  EXPECT_NE(narrow.find(Quantity::Flash), nullptr);
  EXPECT_EQ(narrow.find(Quantity::Latency), nullptr);
  EXPECT_EQ(narrow.unavailable.at(0).reason, "conv2d 'y': no published rows judge weights of type i4");
}

TEST(Estimate, RefusesThreadsThatTheDeviceHasNotAndTypesThatAreNotCosted) {
  const ir::Graph graph = graph_of(kNet);
  const auto fault = [&](const EstimateOptions& options) {
    const Result<Estimate> result = estimate(graph, large_board(), plain_runtime(), options);
    return result ? std::string() : result.error().text();
  };
  EXPECT_EQ(fault({.threads = 4}), "");
  EXPECT_NE(fault({.threads = 5}).find("5 threads are not in 1 to 4"), std::string::npos);
  EXPECT_NE(fault({.threads = 0}).find("0 threads"), std::string::npos);
  EXPECT_NE(fault({.as_type = DType::Int64}).find("not costed as i64 (allowed: f32, f16, i8)"), std::string::npos);
}

void expect_terms_to_add_up(const Estimate& result) {
  double total = 0;
  double energy = 0;
  for (const LayerCost& layer : result.layers) {
    EXPECT_NEAR(layer.compute_ms + layer.memory_ms + layer.overhead_ms, layer.latency_ms, 1e-12);
    EXPECT_GE(layer.utilisation, 0.0);
    EXPECT_LE(layer.utilisation, 1.0);
    total += layer.latency_ms;
    energy += layer.energy_mj;
  }
  EXPECT_NEAR(total, value_of(result, Quantity::Latency), 1e-9 * total);
  EXPECT_NEAR(energy, value_of(result, Quantity::Energy), 1e-9 * energy);
}

TEST(Estimate, AddsTermsToLayersAndLayersToTotals) {
  device::Runtime runtime = plain_runtime();
  runtime.layer_overhead_cycles = 500;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const ir::Graph graph = support::random_graph(seed);
    for (const device::Device& board : {small_board(), large_board()}) {
      const Result<Estimate> result = estimate(graph, board, runtime, {});
      ASSERT_TRUE(result.has_value());
      expect_terms_to_add_up(*result);
    }
  }
}

// One convolution of a class, of some size.
ir::Graph convolution(std::int64_t extent, std::int64_t in, std::int64_t out, std::int64_t window) {
  return graph_of(fmt::format(R"(graph main(%x: f32[1,{0},{0},{1}]) -> (%y) {{
    const @w: f32[{2},{3},{3},{1}] = fill(0)
    %y = conv2d(%x, @w)
  }})",
                              extent, in, out, window));
}

TEST(Estimate, IsNeverFasterForMoreMacsOfOneClass) {
  for (const device::Device& board : {small_board(), large_board()}) {
    for (const std::int64_t window : {1, 3}) {
      double before_in = 0;
      double before_out = 0;
      double before_extent = 0;
      for (std::int64_t size = 5; size < 90; size += 3) {
        const auto latency = [&](const ir::Graph& graph) {
          return value_of(estimated(graph, board), Quantity::Latency);
        };
        const double in = latency(convolution(16, size, 20, window));
        const double out = latency(convolution(16, 20, size, window));
        const double extent = latency(convolution(size, 20, 20, window));
        EXPECT_GE(in, before_in) << size;
        EXPECT_GE(out, before_out) << size;
        EXPECT_GE(extent, before_extent) << size;
        before_in = in;
        before_out = out;
        before_extent = extent;
      }
    }
  }
}

TEST(Estimate, IsNeverSlowerOnMoreThreadsOrAFasterClock) {
  const ir::Graph graph = support::random_graph(11, {.blocks = 20, .extent = 24});
  double before = std::numeric_limits<double>::max();
  for (int threads = 1; threads <= 4; ++threads) {
    const double latency = value_of(estimated(graph, large_board(), {.threads = threads}), Quantity::Latency);
    EXPECT_LE(latency, before);
    before = latency;
  }
  device::Device fast = large_board();
  fast.clock_mhz *= 2;
  EXPECT_LT(value_of(estimated(graph, fast), Quantity::Latency),
            value_of(estimated(graph, large_board()), Quantity::Latency));
}

TEST(CheckSupport, NamesEveryNodeThatTheRuntimeDoesNotRun) {
  device::Runtime runtime = plain_runtime();
  EXPECT_TRUE(check_support(graph_of(kNet), runtime).empty());
  runtime.arithmetic = {DType::Int8, DType::Float16};
  const std::vector<std::string> reasons = check_support(graph_of(kNet), runtime);
  ASSERT_EQ(reasons.size(), 2U);
  EXPECT_EQ(reasons[1], "fully_connected 'y': type f32 is not supported by runtime 'plain' (allowed: i8, f16)");
}

}  // namespace
}  // namespace netfit::cost
