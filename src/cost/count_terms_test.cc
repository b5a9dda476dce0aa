// SPDX-License-Identifier: Apache-2.0
#include "cost/count_terms.h"

#include <gtest/gtest.h>

#include "support/graph_text.h"

namespace netfit::cost {
namespace {

using support::graph_of;

TermCounts counted(std::string_view text, const CountingRules& rules = {}) {
  return sum_terms(count_terms(graph_of(text), rules));
}

constexpr std::string_view kPointwise = R"(graph main(%x: f32[1,8,8,16]) -> (%y) {
    const @w: f32[6,1,1,16] = random(1)
    %y = conv2d(%x, @w)
  })";

TEST(CountTerms, RoundsOutputChannelsOfA1x1ConvolutionUpToWholeVectors) {
  const TermCounts single = counted(kPointwise);
  EXPECT_EQ(single[Term::Conv1x1], 8 * 8 * 16 * 8);  // 6 channels in vectors of 4
  EXPECT_EQ(single[Term::Unaligned], 8 * 8 * 16 * 6);
  EXPECT_EQ(single[Term::ConvOutput], 8 * 8 * 6);
  EXPECT_EQ(single[Term::ConvPosition], 8 * 8);
  EXPECT_EQ(single[Term::Patches], 8 * 8 * 16);
  EXPECT_EQ(single[Term::ConvWeights], 6 * 16);
  EXPECT_EQ(single[Term::Layer], 1);
  EXPECT_EQ(counted(kPointwise, {.float_type = DType::Float16})[Term::Conv1x1], 8 * 8 * 16 * 8);
}

constexpr std::string_view kThree = R"(graph main(%x: f32[1,12,12,16]) -> (%y) {
    const @w: f32[32,3,3,16] = random(1)
    %y = conv2d(%x, @w) padding=1,1,1,1
  })";

TEST(CountTerms, TransformsTilesOnlyWhereTheRuntimeDoes) {
  const TermCounts direct = counted(kThree);
  EXPECT_EQ(direct[Term::Conv], 12 * 12 * 32 * 9 * 16);
  EXPECT_EQ(direct[Term::Winograd], 0);
  const TermCounts winograd = counted(kThree, {.winograd = true});
  EXPECT_EQ(winograd[Term::Conv], 0);
  // F(6,3): 4 tiles of 64 points.
  EXPECT_EQ(winograd[Term::Winograd], 4 * 64 * 16 * 32);
  EXPECT_EQ(winograd[Term::WinogradTransform], 4 * 64 * (16 + 32));
}

TEST(CountTerms, CountsDepthwiseByOutputsAndPositions) {
  const TermCounts counts = counted(R"(graph main(%x: f32[1,8,8,16]) -> (%y) {
    const @w: f32[1,3,3,16] = random(1)
    %y = depthwise_conv2d(%x, @w) stride=2x2 padding=0,1,0,1
  })");
  EXPECT_EQ(counts[Term::Depthwise3x3Stride2], 4 * 4 * 16);
  EXPECT_EQ(counts[Term::Depthwise3x3], 0);
  EXPECT_EQ(counts[Term::DepthwisePosition], 16);
}

TEST(CountTerms, FetchesEveryWeightOfASingleRowOnceAndReusesThoseOfManyRows) {
  const TermCounts one = counted(R"(graph main(%x: f32[1,64]) -> (%y) {
    const @w: f32[10,64] = random(1)
    %y = fully_connected(%x, @w)
  })");
  EXPECT_EQ(one[Term::FullyConnected], 2 * 640);  // pairs of bytes
  EXPECT_EQ(one[Term::MatMul], 0);
  const TermCounts many = counted(R"(graph main(%x: f32[1,5,64]) -> (%y) {
    const @w: f32[10,64] = random(1)
    %y = fully_connected(%x, @w)
  })");
  EXPECT_EQ(many[Term::MatMul], 5 * 640);
  EXPECT_EQ(many[Term::FullyConnected], 0);
}

TEST(CountTerms, CountsAllDataAsInt8WhereAsked) {
  const TermCounts counts = counted(kThree, {.as_int8 = true});
  EXPECT_EQ(counts[Term::Int8Conv], 12 * 12 * 32 * 9 * 16);
  EXPECT_EQ(counts[Term::Conv], 0);
  EXPECT_EQ(counts[Term::Int8Quantize], 0);
}

TEST(CountTerms, ChargesActivationsThatAreNotFused) {
  constexpr std::string_view text = R"(graph main(%x: f32[1,8,8,16]) -> (%y) {
    const @w: f32[16,1,1,16] = random(1)
    %c = conv2d(%x, @w)
    %y = hard_swish(%c)
  })";
  EXPECT_EQ(counted(text)[Term::Activation], 8 * 8 * 16);
  const TermCounts fused = counted(text, {.fused_activations = {"hard_swish"}});
  EXPECT_EQ(fused[Term::Activation], 0);
  EXPECT_EQ(fused[Term::FusedActivation], 8 * 8 * 16);
  EXPECT_EQ(fused[Term::Layer], 1);
}

TEST(Terms, AreFoundByTheirNames) {
  for (std::size_t k = 0; k < kTermCount; ++k) {
    const auto term = static_cast<Term>(k);
    EXPECT_EQ(find_term(spec_of(term).name), term);
  }
  EXPECT_FALSE(find_term("nothing"));
}

// Tiles of 5 pixels by 16 channels.
constexpr TiledKernels kTiled{.float32 = {5, 16, 1}, .int8 = {3, 8, 8}, .depthwise_channels = 16};

TEST(CountTerms, CountsWholeTilesWhereTheyAreKnown) {
  const TermCounts counts = counted(kPointwise, {.tiled = kTiled});
  // 64 positions are 12 tiles of 5 and one of 4, which costs as 4.5; 6 channels cost as 16.
  EXPECT_EQ(counts[Term::Conv1x1], 64.5 * 16 * 16);
  EXPECT_EQ(counts[Term::ConvPosition], 13);
  EXPECT_EQ(counts[Term::ConvOutput], 64 * 16);
  EXPECT_EQ(counts[Term::ConvWeights], 16 * 16);
  EXPECT_EQ(counts[Term::TapPointer], 0);
}

TEST(CountTerms, CountsTapsOfTilesOfLargerWindows) {
  const TermCounts counts = counted(kThree, {.tiled = kTiled});
  EXPECT_EQ(counts[Term::Conv], (144 + 0.5) * 32 * 16 * 9);
  EXPECT_EQ(counts[Term::TapPointer], 29 * 2 * 9);
  const TermCounts integers = counted(kThree, {.as_int8 = true, .tiled = kTiled});
  EXPECT_EQ(integers[Term::Int8Conv], 144 * 32 * 16 * 9);
  EXPECT_EQ(integers[Term::Int8TapPointer], 48 * 4 * 9);
}

TEST(CountTerms, FillsSmallDepthwiseWindowsUp) {
  constexpr std::string_view kDepthwise = R"(graph main(%x: f32[1,8,8,20]) -> (%y) {
    const @w: f32[1,5,5,20] = random(1)
    %y = depthwise_conv2d(%x, @w) padding=2,2,2,2
  })";
  const TermCounts counts = counted(kDepthwise, {.tiled = kTiled});
  EXPECT_EQ(counts[Term::DepthwiseOther], 64 * 32 * 25);
  EXPECT_EQ(counts[Term::DepthwisePosition], 64);
}

TEST(CountTerms, CountsWeightsThatNoCacheKeeps) {
  constexpr std::string_view kLarge = R"(graph main(%x: f32[1,1024]) -> (%y) {
    const @w: f32[4096,1024] = random(1)
    %y = fully_connected(%x, @w)
  })";
  const TermCounts counts = counted(kLarge, {.tiled = kTiled});
  EXPECT_EQ(counts[Term::WeightsBeyondL2], 4096.0 * 1024 * 4);
  EXPECT_EQ(counts[Term::WeightsBeyondL3], 4096.0 * 1024 * 4);
  EXPECT_GT(counts[Term::WeightsInMemory], 0);
  EXPECT_LT(counts[Term::WeightsInMemory], 4096.0 * 1024 * 4);
}

TEST(CountTerms, CountsWeightsThatAChipHasNoRoomFor) {
  EXPECT_EQ(counted(kPointwise, {.flash_on_chip = 6.0 * 16 * 4})[Term::WeightsExternal], 0);
  EXPECT_EQ(counted(kPointwise, {.flash_on_chip = 6.0 * 16 * 4 - 1})[Term::WeightsExternal], 6 * 16 * 4);
  EXPECT_EQ(counted(kPointwise, {.as_int8 = true, .flash_on_chip = 1})[Term::WeightsExternal], 6 * 16);
}

}  // namespace
}  // namespace netfit::cost
