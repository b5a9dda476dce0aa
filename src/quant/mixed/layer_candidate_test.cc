// SPDX-License-Identifier: Apache-2.0
#include "quant/mixed/layer_candidate.h"

#include <array>
#include <string>

#include <gtest/gtest.h>

#include "ir/parser.h"

namespace netfit::quant {
namespace {

constexpr const char* kNet = R"(graph main(%x: f32[1,4,4,2]) -> (%y) {
    const @w: f32[2,1,1,2] = random(1)
    const @d: f32[1,3,3,2] = random(2)
    const @v: f32[3,2] = random(3)
    %p = pad(%x) before=[0,1,1,0] after=[0,1,1,0]
    %a = conv2d(%p, @w)
    %b = depthwise_conv2d(%a, @d) padding=1,1,1,1
    %s = add(%a, %b)
    %m = mean(%s) axes=[1,2]
    %y = fully_connected(%m, @v)
  })";

constexpr std::size_t kInt8 = 0;
constexpr std::size_t kInt4 = 1;
constexpr std::size_t kInt16 = 2;
constexpr std::size_t kFloat16 = 3;

std::vector<LayerCandidate> candidates() {
  std::vector<LayerCandidate> all;
  for (const char* name : {"int8", "int4", "int16x8", "float16"}) all.push_back({*find_precision(name)});
  return all;
}

// What each node is in, in graph order: "int8", ...
std::vector<std::string> names(const ir::Graph& graph, const LayerOptions& options) {
  std::vector<std::string> names;
  for (const ir::NodeId id : graph.order()) names.emplace_back(name(options.plan.at(id)));
  return names;
}

std::vector<std::string> assembled(std::array<std::size_t, 3> chosen) {
  const ir::Graph graph = *ir::parse(kNet);
  return names(graph, assemble(graph, candidates(), chosen));
}

using Names = std::vector<std::string>;

TEST(Assemble, WhatHasNoWeightsFollowsTheLeastExactOfItsData) {
  // pad, conv2d, depthwise_conv2d, add, mean, fully_connected
  EXPECT_EQ(assembled({kInt8, kInt8, kInt8}), (Names{"int8", "int8", "int8", "int8", "int8", "int8"}));
  EXPECT_EQ(assembled({kInt16, kInt8, kInt8}), (Names{"int16x8", "int16x8", "int8", "int8", "int8", "int8"}));
  EXPECT_EQ(assembled({kInt16, kFloat16, kInt8}),
            (Names{"int16x8", "int16x8", "float16", "int16x8", "int16x8", "int8"}));
  EXPECT_EQ(assembled({kFloat16, kFloat16, kInt4}),
            (Names{"float32", "float16", "float16", "float32", "float32", "int4"}));
}

TEST(Assemble, TakesTheRoundingsOfTheChosenCandidateOnly) {
  const ir::Graph graph = *ir::parse(kNet);
  const std::vector<ir::NodeId> layers = layers_of(graph);
  ASSERT_EQ(layers.size(), 3U);
  std::vector<LayerCandidate> all = candidates();
  for (const ir::NodeId layer : layers) all[kInt4].roundings[layer].bias_shift = {1.0F};
  const LayerOptions options = assemble(graph, all, std::array{kInt4, kInt8, kInt4});
  EXPECT_TRUE(options.roundings.contains(layers[0]));
  EXPECT_FALSE(options.roundings.contains(layers[1]));
  EXPECT_TRUE(options.roundings.contains(layers[2]));
}

TEST(Assemble, WhatHasNoIntegerFormStaysReal) {
  const ir::Graph graph = *ir::parse(R"(graph main(%x: f32[1,2,2,2]) -> (%y) {
    const @w: f32[2,1,1,2] = random(1)
    %a = conv2d(%x, @w)
    %y = hard_sigmoid(%a)
  })");
  EXPECT_EQ(names(graph, assemble(graph, candidates(), std::array{kInt8})), (Names{"int8", "float32"}));
}

}  // namespace
}  // namespace netfit::quant
