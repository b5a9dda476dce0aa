// SPDX-License-Identifier: Apache-2.0
#include "calib/board_hardware.h"

#include <gtest/gtest.h>

#include "arch/arch.h"
#include "cost/count_terms.h"

namespace netfit::calib {
namespace {

Situation situation(const std::string& id, const std::string& core, double clock_mhz, const std::string& runtime) {
  Measurement row;
  row.device_id = id;
  row.core = core;
  row.clock_mhz = clock_mhz;
  row.runtime = runtime;
  row.threads = 2;
  return situation_of(row);
}

TEST(DescribeBoard, HasTheClockOfTheBoardAndTheCachesOfItsCore) {
  const auto board = describe_board(situation("phone/kryo485-gold@2960", "kryo485-gold (derivative)", 2960, "ncnn"));
  ASSERT_TRUE(board.has_value());
  EXPECT_EQ(board->name, "phone/kryo485-gold@2960");
  EXPECT_EQ(board->core, "cortex-a76");
  EXPECT_EQ(board->clock_mhz, 2960);
  EXPECT_EQ(board->cores, 2);
  EXPECT_EQ(board->caches.size(), 3U);
  EXPECT_EQ(board->default_runtime, "ncnn");
  EXPECT_EQ(board->measured_as, std::vector<std::string>{"phone/kryo485-gold@2960"});
}

TEST(DescribeBoard, LetsMemoryOnTheChipFollowTheClock) {
  const auto slow = describe_board(situation("a/cortex-m4@80", "cortex-m4", 80, "X-CUBE-AI v8"));
  const auto fast = describe_board(situation("a/cortex-m4@160", "cortex-m4", 160, "X-CUBE-AI v8"));
  ASSERT_TRUE(slow && fast);
  EXPECT_EQ(2 * slow->regions.front().bandwidth_gb_s, fast->regions.front().bandwidth_gb_s);
  EXPECT_NE(slow->hash, fast->hash);
}

TEST(DescribeBoard, KnowsNothingOfGpusAndUnknownCores) {
  EXPECT_FALSE(describe_board(situation("a/gpu-volta@?", "gpu-volta", 1000, "ncnn-vulkan")).has_value());
  EXPECT_FALSE(describe_board(situation("a/riscv-c906@1000", "riscv-c906", 1000, "ncnn")).has_value());
}

TEST(AddStructure, GivesLayersWhatHardwareAndGraphSay) {
  const ir::Graph graph = *arch::build("mobilenet_v2_cifar:alpha=0.25", {});
  const Situation here = situation("a/cortex-a72@1800", "cortex-a72", 1800, "TFLite v2.7.1 (ruy)");
  const device::Runtime runtime{.name = "some", .tiles = {{DType::Float32, {8, 8}}}};
  cost::Estimate estimate;
  for (const cost::KernelTerms& kernel : cost::count_terms(graph, here.rules())) {
    estimate.layers.push_back({.name = graph.node(kernel.node).name});
  }
  estimate.unavailable.push_back({Quantity::PeakRam, "no rows"});
  ASSERT_TRUE(add_structure(graph, *describe_board(here), runtime, {.memory_use = true}, estimate).has_value());
  EXPECT_TRUE(estimate.unavailable.empty());
  ASSERT_NE(estimate.find(Quantity::PeakRam), nullptr);
  EXPECT_EQ(estimate.find(Quantity::Latency), nullptr) << "measurements say that";
  EXPECT_GT(estimate.find(Quantity::Params)->value, 100'000);
  int with_caches = 0;
  for (const cost::LayerCost& layer : estimate.layers) {
    EXPECT_GT(layer.live_bytes, 0) << layer.name;
    with_caches += layer.levels.empty() ? 0 : 1;
  }
  EXPECT_GT(with_caches, 50);
}

TEST(AddStructure, SaysNothingOfTheMemoryOfARuntimeThatNobodyDescribes) {
  const ir::Graph graph = *arch::build("mobilenet_v2_cifar:alpha=0.25", {});
  const Situation here = situation("a/cortex-a72@1800", "cortex-a72", 1800, "paddle-lite v2.11");
  EXPECT_EQ(described_runtime(here), "");
  cost::Estimate estimate;
  estimate.unavailable.push_back({Quantity::PeakRam, "no rows"});
  ASSERT_TRUE(add_structure(graph, *describe_board(here), {}, {}, estimate).has_value());
  EXPECT_EQ(estimate.unavailable.size(), 1U);
  EXPECT_GT(estimate.weight_bytes, 0);
}

}  // namespace
}  // namespace netfit::calib
