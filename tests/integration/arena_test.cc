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
#include "cost/tflm_arena.h"
#include "formats/catalog.h"
#include "ir/op_spec.h"
#include "ir/parser.h"
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

void expect_tight(const ir::Graph& graph) {
  for (const bool in_place : {true, false}) {
    const cost::MemoryPlan plan = cost::plan_memory(graph, {.in_place = in_place});
    EXPECT_GE(plan.arena_bytes, plan.lower_bound_bytes);
    EXPECT_LE(static_cast<double>(plan.arena_bytes), 1.05 * static_cast<double>(plan.lower_bound_bytes));
    EXPECT_LE(static_cast<double>(plan.arena_bytes), 1.1 * static_cast<double>(cost::tflm_arena(graph, {})));
    testing::Test::RecordProperty(in_place ? "in_place" : "apart", std::to_string(plan.arena_bytes));
    testing::Test::RecordProperty("bound", std::to_string(plan.lower_bound_bytes));
  }
  testing::Test::RecordProperty("tflm", std::to_string(cost::tflm_arena(graph, {})));
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

// The arenas that MLPerf Tiny's reference implementations need with CMSIS-NN.
TEST(Arena, OfTflmIsThePublishedOne) {
  const std::filesystem::path folder = "measurements/models/mlperf_tiny";
  const std::map<std::string, std::int64_t> published{
      {"ad01_int8", 768}, {"kws_ref_model", 16'000}, {"pretrainedResnet_quant", 49'728}, {"vww_96_int8", 73'728}};
  for (const auto& [name, bytes] : published) {
    const Result<base::Bytes> text = base::read_file(folder / (name + ".txt"));
    ASSERT_TRUE(text) << name;
    const Result<ir::Graph> graph = ir::parse({reinterpret_cast<const char*>(text->data()), text->size()});
    ASSERT_TRUE(graph) << name;
    EXPECT_EQ(cost::tflm_arena(*graph, {}), bytes) << name;
  }
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
    EXPECT_LE(cost::plan_memory(graph, {.in_place = false}).arena_bytes, cost::tflm_arena(graph, {}))
        << "seed " << seed;
  }
}

}  // namespace
}  // namespace netfit
