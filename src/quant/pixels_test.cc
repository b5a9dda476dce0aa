// SPDX-License-Identifier: Apache-2.0
#include "quant/pixels.h"

#include <gtest/gtest.h>

#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"

namespace netfit::quant {
namespace {

// The text after take_pixels, or its failure.
std::string with_pixels(std::string_view text) {
  Result<ir::Graph> graph = ir::parse(text);
  EXPECT_TRUE(graph.has_value()) << (graph ? "" : graph.error().text());
  Ranges ranges;
  const Result<Centres> taken = take_pixels(*graph, ranges);
  if (!taken) return taken.error().text();
  EXPECT_TRUE(ir::verify(*graph).has_value());
  EXPECT_EQ(ranges.at(graph->inputs[0].value).high, 255.0F);
  return ir::print(*graph);
}

TEST(TakePixels, MovesMeanAndDeviationIntoWeightsAndBias) {
  // (p * 0.5 - 8) / 2 = p / 4 - 4 and (p * 0.5 - 16) / 4 = p / 8 - 4
  const std::string text = with_pixels(R"(graph main(%x: f32[1,2,2,2]) -> (%y) {
    preprocess %x scale=0.5 mean=[8, 16] std=[2, 4] order=bgr
    const @w: f32[1,1,1,2] = [4, 8]
    const @b: f32[1] = [100]
    %y = conv2d(%x, @w, @b)
  })");
  EXPECT_NE(text.find("const @w: f32[1,1,1,2] = [1, 1]"), std::string::npos) << text;
  EXPECT_NE(text.find("const @b: f32[1] = [52]"), std::string::npos) << text;
  EXPECT_NE(text.find("scale=1 mean=[0] std=[1] order=bgr"), std::string::npos) << text;
  EXPECT_EQ(text.find("batch_norm("), std::string::npos) << text;
}

TEST(TakePixels, PadsWithThePixelNearestToTheMeans) {
  const std::string text = with_pixels(R"(graph main(%x: f32[1,4,4,2]) -> (%y) {
    preprocess %x scale=0.5 mean=[8, 16.2] std=[2, 4]
    const @w: f32[1,3,3,2] = random(1)
    %y = conv2d(%x, @w) padding=1,0,2,1
  })");
  EXPECT_NE(text.find("pad(%x) before=[0,1,2,0] after=[0,0,1,0] value=24"), std::string::npos) << text;
  EXPECT_EQ(text.find("padding="), std::string::npos) << text;
}

TEST(TakePixels, ServesEveryLayerBehindAnInput) {
  const std::string text = with_pixels(R"(graph main(%x: f32[1,4,4,1]) -> (%y, %z) {
    preprocess %x scale=2
    const @w: f32[1,1,1,1] = [3]
    %y = conv2d(%x, @w)
    %z = depthwise_conv2d(%x, @w) activation=relu
  })");
  EXPECT_EQ(text.find("batch_norm("), std::string::npos) << text;
  EXPECT_NE(text.find("= [6]"), std::string::npos) << text;
}

TEST(TakePixels, NeedsARecordAndLayersWithWeights) {
  const std::string text = with_pixels(R"(graph main(%x: f32[1,2,2,1], %z: f32[1,2,2,1]) -> (%y, %v) {
    preprocess %x scale=1
    %y = max_pool2d(%x)
    %v = relu(%z)
  })");
  EXPECT_NE(text.find("max_pool2d 'y': error: reads the input 'x', but has no weights"), std::string::npos) << text;
  EXPECT_NE(text.find("input 'z': error: has no preprocessing record"), std::string::npos) << text;
}

}  // namespace
}  // namespace netfit::quant
