// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/adaround.h"

#include <gtest/gtest.h>

#include "quant/fidelity.h"
#include "quant/techniques/nearest.h"
#include "quant/techniques/technique_testing.h"
#include "support/graph_text.h"

namespace netfit::quant::testing {
namespace {

const Precision kInt4{.activations = Arithmetic::Int8, .weights = WeightType::Int4};

// The sixteen channels of the first layer tell of three colours only, so errors of weights can make up for each other.
ir::Graph network() {
  return support::graph_of(R"(graph main(%x: f32[1,8,8,3]) -> (%y) {
    const @colours: f32[16,1,1,3] = random(1)
    const @taps: f32[1,3,3,16] = random(2)
    const @mix: f32[6,1,1,16] = random(3)
    const @classes: f32[4,6] = random(4)
    %a = conv2d(%x, @colours) activation=relu6
    %b = depthwise_conv2d(%a, @taps) padding=1,1,1,1 activation=relu6
    %c = conv2d(%b, @mix)
    %d = mean(%c) axes=[1,2]
    %y = fully_connected(%d, @classes)
  })");
}

Ranges ranges_of(const ir::Graph& graph, const Samples& samples) {
  const auto executor = exec::create_fast_observable(graph, samples.engine);
  return *calibrate(graph, **executor, samples.inputs, {}, samples.progress);
}

LayerOptions all_in(const Precision& precision) { return {.plan = {.everywhere = precision}, .io = Io::Float32}; }

double sqnr_of(const ir::Graph& graph, const Ranges& ranges, const LayerOptions& options, const Samples& unseen) {
  const ir::Graph quantized = *quantize_layers(graph, ranges, options);
  const Tensor reference = output_of(graph, unseen);
  const Tensor output = output_of(quantized, unseen);
  return compare_outputs(std::span(&reference, 1), std::span(&output, 1)).sqnr_db;
}

TEST(AdaRound, ComesNearerOnUnseenSamplesThanNearestRounding) {
  const ir::Graph graph = network();
  const Samples samples = random_samples(graph, 128);
  Samples unseen = random_samples(graph, 64);
  unseen.inputs = {support::random_tensor(9, DType::Float32, Shape{64, 8, 8, 3})};
  const Ranges ranges = ranges_of(graph, samples);
  LayerOptions nearest = all_in(kInt4);
  nearest.roundings = nearest_roundings(graph, *quantize_layers(graph, ranges, nearest));
  LayerOptions learned = all_in(kInt4);
  const Result<AdaRoundReport> report = adaround(graph, ranges, samples, {}, learned);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->layers, 4);
  EXPECT_EQ(report->weights, 16 * 3 + 9 * 16 + 6 * 16 + 4 * 6);
  EXPECT_GT(report->turned, 10);
  EXPECT_GT(sqnr_of(graph, ranges, learned, unseen), sqnr_of(graph, ranges, nearest, unseen) + 6);
}

TEST(AdaRound, LearnsTheSameOnAnyNumberOfThreads) {
  const ir::Graph graph = network();
  Samples samples = random_samples(graph, 32);
  const Ranges ranges = ranges_of(graph, samples);
  LayerOptions one = all_in(kInt4);
  ASSERT_TRUE(adaround(graph, ranges, samples, {}, one));
  samples.engine.options.threads = 3;
  LayerOptions three = all_in(kInt4);
  ASSERT_TRUE(adaround(graph, ranges, samples, {}, three));
  for (const auto& [layer, rounding] : one.roundings) {
    EXPECT_EQ(rounding.integers, three.roundings.at(layer).integers);
    EXPECT_EQ(rounding.params, three.roundings.at(layer).params);
    EXPECT_EQ(rounding.bias_shift, three.roundings.at(layer).bias_shift);
  }
}

TEST(AdaRound, LeavesLayersOfMoreBitsAlone) {
  const ir::Graph graph = network();
  const Samples samples = random_samples(graph, 8);
  LayerOptions options = all_in({.activations = Arithmetic::Int8, .weights = WeightType::Int8});
  const Result<AdaRoundReport> report = adaround(graph, ranges_of(graph, samples), samples, {.most_bits = 4}, options);
  ASSERT_TRUE(report) << report.error().text();
  EXPECT_EQ(report->layers, 0);
  EXPECT_TRUE(options.roundings.empty());
}

}  // namespace
}  // namespace netfit::quant::testing
