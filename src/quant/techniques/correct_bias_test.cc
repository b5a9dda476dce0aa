// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/correct_bias.h"

#include <gtest/gtest.h>

#include "quant/observers/channel_statistics.h"
#include "quant/techniques/technique_testing.h"
#include "support/graph_text.h"

namespace netfit::quant::testing {
namespace {

constexpr std::string_view kOneLayer = R"(graph main(%x: f32[1,6,6,8]) -> (%y) {
  const @w: f32[5,3,3,8] = random(1)
  %y = conv2d(%x, @w) padding=1,1,1,1
})";
constexpr std::string_view kTwoLayers = R"(graph main(%x: f32[1,6,6,8]) -> (%y) {
  const @v: f32[12,1,1,8] = random(1)
  const @w: f32[5,1,1,12] = random(2)
  %a = conv2d(%x, @v) activation=relu
  %y = conv2d(%a, @w)
})";

using Correction = Result<void> (*)(const ir::Graph&, const Ranges&, const Samples&, LayerOptions&);

/// The largest error of an output channel's mean.
double mean_error(const ir::Graph& graph, const Ranges& ranges, const Samples& samples, const LayerOptions& options) {
  ChannelSums reals;
  ChannelSums integers;
  reals.add(output_of(graph, samples));
  integers.add(output_of(*quantize_layers(graph, ranges, options), samples));
  double largest = 0;
  for (std::size_t c = 0; c < reals.statistics().size(); ++c) {
    largest = std::max(largest, std::fabs(reals.statistics()[c].mean - integers.statistics()[c].mean));
  }
  return largest;
}

/// What is left of the error of the mean that int4 weights make.
double share_left(std::string_view text, Correction correct) {
  const ir::Graph graph = support::graph_of(text);
  Samples samples = random_samples(graph, 64);
  // Data that are positive throughout turn errors of weights into errors of the mean.
  for (float& element : samples.inputs.front().mutable_data<float>()) element = std::fabs(element);
  const auto executor = exec::create_fast_observable(graph, samples.engine);
  const Ranges ranges =
      *calibrate(graph, **executor, samples.inputs, {.estimator = RangeEstimator::MinMax}, samples.progress);
  LayerOptions options{.plan = {.everywhere = {.activations = Arithmetic::Int8, .weights = WeightType::Int4}},
                       .io = Io::Float32};
  const double before = mean_error(graph, ranges, samples, options);
  EXPECT_GT(before, 0.01);
  const Result<void> corrected = correct(graph, ranges, samples, options);
  EXPECT_TRUE(corrected) << (corrected ? "" : corrected.error().text());
  return mean_error(graph, ranges, samples, options) / before;
}

TEST(CorrectBias, TakesTheErrorOfTheMeanFromALayer) {
  EXPECT_LT(share_left(kOneLayer, &correct_bias_empirically), 0.05);
  EXPECT_LT(share_left(kOneLayer, &correct_bias_analytically), 0.05);
}

TEST(CorrectBias, SeesWhatEarlierLayersDidToTheDataIfItRunsThem) {
  EXPECT_LT(share_left(kTwoLayers, &correct_bias_empirically), 0.02);
  EXPECT_GT(share_left(kTwoLayers, &correct_bias_analytically), 0.02);
}

}  // namespace
}  // namespace netfit::quant::testing
