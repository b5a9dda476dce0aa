// SPDX-License-Identifier: Apache-2.0
// What the memory plan promises for whole networks: near the bound that no plan can beat, and near or below what the
// greedy planner of TensorFlow Lite Micro needs.
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/files.h"
#include "cost/memory_plan.h"
#include "formats/catalog.h"
#include "ir/op_spec.h"
#include "passes/pipelines.h"
#include "quant/quantize.h"
#include "support/paths.h"
#include "support/random_graph.h"

namespace netfit {
namespace {

ir::Graph load(const std::filesystem::path& path) {
  const Result<base::Bytes> bytes = base::read_file(path);
  EXPECT_TRUE(bytes.has_value()) << (bytes ? "" : bytes.error().text());
  Result<ir::Graph> graph = formats::read(*bytes, path);
  EXPECT_TRUE(graph.has_value()) << (graph ? "" : graph.error().text());
  EXPECT_TRUE(passes::canonicalize(*graph).has_value());
  return *std::move(graph);
}

ir::Graph optimized(ir::Graph graph) {
  EXPECT_TRUE(passes::optimize(graph).has_value());
  return graph;
}

// The int8 form; where the ranges lie does not matter to the arena.
ir::Graph int8_form(const ir::Graph& graph) {
  quant::Ranges ranges;
  for (const ir::ValueId id : graph.values()) ranges[id] = {-1.0F, 1.0F};
  Result<ir::Graph> quantized = quant::quantize_int8(graph, ranges, {});
  EXPECT_TRUE(quantized.has_value()) << (quantized ? "" : quantized.error().text());
  return *std::move(quantized);
}

struct Block {
  std::int64_t bytes = 0;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t offset = -1;
};

// TFLM's GreedyMemoryPlanner, from its description (tensorflow/lite/micro/memory_planner/greedy_memory_planner.h):
// buffers sorted by decreasing size, each placed at the lowest gap among the placed ones that are in use at the same
// time. Every tensor has a buffer of its own, multiples of 16 bytes, from the node that writes it to the last reader.
std::int64_t tflm_arena(const ir::Graph& graph) {
  std::map<ir::ValueId, Block> blocks;
  const auto touch = [&](ir::ValueId id, std::int64_t step) {
    if (!id.valid() || graph.value(id).is_constant()) return;
    const ir::Value& value = graph.value(id);
    const std::int64_t bytes = tensor::bytes_for(value.dtype, value.shape.element_count());
    Block& block = blocks.try_emplace(id, Block{(bytes + 15) / 16 * 16, step, step, -1}).first->second;
    block.last = std::max(block.last, step);
  };
  for (const ir::GraphInput& input : graph.inputs) touch(input.value, 0);
  std::int64_t step = 0;
  for (const ir::NodeId id : graph.order()) {
    for (const ir::ValueId value : graph.node(id).inputs) touch(value, step);
    for (const ir::ValueId value : graph.node(id).outputs) touch(value, step);
    ++step;
  }
  for (const ir::GraphOutput& output : graph.outputs) touch(output.value, step - 1);

  std::vector<Block*> order;
  for (auto& [id, block] : blocks) order.push_back(&block);
  std::ranges::stable_sort(order, std::greater<>(), [](const Block* block) { return block->bytes; });
  std::int64_t arena = 0;
  std::vector<const Block*> placed;  // by offset
  for (Block* block : order) {
    std::int64_t offset = 0;
    for (const Block* other : placed) {
      if (other->last < block->first || block->last < other->first) continue;
      if (offset + block->bytes <= other->offset) break;
      offset = std::max(offset, other->offset + other->bytes);
    }
    block->offset = offset;
    arena = std::max(arena, offset + block->bytes);
    placed.insert(std::ranges::upper_bound(placed, offset, {}, &Block::offset), block);
  }
  return arena;
}

void expect_tight(const ir::Graph& graph) {
  for (const bool in_place : {true, false}) {
    const cost::MemoryPlan plan = cost::plan_memory(graph, {.in_place = in_place});
    EXPECT_GE(plan.arena_bytes, plan.lower_bound_bytes);
    EXPECT_LE(static_cast<double>(plan.arena_bytes), 1.05 * static_cast<double>(plan.lower_bound_bytes));
    EXPECT_LE(static_cast<double>(plan.arena_bytes), 1.1 * static_cast<double>(tflm_arena(graph)));
    testing::Test::RecordProperty(in_place ? "in_place" : "apart", std::to_string(plan.arena_bytes));
    testing::Test::RecordProperty("bound", std::to_string(plan.lower_bound_bytes));
  }
  testing::Test::RecordProperty("tflm", std::to_string(tflm_arena(graph)));
}

TEST(Arena, OfTheMlperfTinyModelsIsTight) {
  const auto folder = support::mlperf_tiny();
  if (!folder) GTEST_SKIP() << "the MLPerf Tiny models are not there";
  int models = 0;
  for (const auto& entry : std::filesystem::directory_iterator(*folder)) {
    if (entry.path().extension() != ".tflite") continue;
    SCOPED_TRACE(entry.path());
    expect_tight(load(entry.path()));
    ++models;
  }
  EXPECT_EQ(models, 4);
}

TEST(Arena, OfBothTrainedNetworksIsTightInFloat32AndInt8) {
  for (const char* file : {"mobilenetv2_cifar10_450k.onnx", "mobilenetv2_cifar10_w1.0.onnx"}) {
    SCOPED_TRACE(file);
    const ir::Graph graph = optimized(load(support::zoo() / file));
    const ir::Graph int8 = int8_form(graph);
    expect_tight(graph);
    expect_tight(int8);
    EXPECT_NEAR(static_cast<double>(cost::plan_memory(int8, {}).arena_bytes),
                static_cast<double>(cost::plan_memory(graph, {.typing = {.as_type = DType::Int8}}).arena_bytes), 64);
  }
}

TEST(Arena, IsNotAboveTheGreedyPlannersInRandomGraphs) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const ir::Graph graph = optimized(support::random_graph(seed, {.blocks = 15}));
    EXPECT_LE(cost::plan_memory(graph, {.in_place = false}).arena_bytes, tflm_arena(graph)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace netfit
