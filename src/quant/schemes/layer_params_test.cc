// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/layer_params.h"

#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "ir/parser.h"

namespace netfit::quant {
namespace {

LayerParameters of_layer(std::string_view text, const LayerScales& scales, const Precision& precision = {},
                         const LayerRounding& rounding = {}) {
  const Result<ir::Graph> graph = ir::parse(text);
  EXPECT_TRUE(graph.has_value()) << (graph ? "" : graph.error().text());
  return quantize_layer(ir::NodeView(*graph, graph->node(graph->order().front())), scales, precision, rounding);
}

TEST(QuantizeLayer, ScalesWeightsPerOutputChannelAndTheBiasWithThem) {
  const LayerParameters parameters = of_layer(R"(graph main(%x: f32[1,1,1,2]) -> (%y) {
    const @w: f32[2,1,1,2] = [1.27, -0.3, 0.2, -2.54]
    const @b: f32[2] = [0.5, -0.5]
    %y = conv2d(%x, @w, @b)
  })",
                                              {.data = 0.1F, .result = 0.1F});
  EXPECT_EQ(tensor::to_int64s(parameters.weights.tensor), (std::vector<std::int64_t>{127, -30, 10, -127}));
  EXPECT_EQ(parameters.weights.params.axis, 0);
  EXPECT_FLOAT_EQ(parameters.weights.params.scale(0), 0.01F);
  EXPECT_FLOAT_EQ(parameters.weights.params.scale(1), 0.02F);
  EXPECT_EQ(tensor::to_int64s(parameters.bias.tensor), (std::vector<std::int64_t>{500, -250}));
  EXPECT_FLOAT_EQ(parameters.bias.params.scale(1), 0.002F);
}

TEST(QuantizeLayer, TakesTheLastAxisOfDepthwiseWeights) {
  const LayerParameters parameters = of_layer(R"(graph main(%x: f32[1,1,2,2]) -> (%y) {
    const @w: f32[1,1,2,2] = [1.27, 2.54, 0.1, 0.1]
    %y = depthwise_conv2d(%x, @w)
  })",
                                              {.data = 0.1F, .result = 0.1F});
  EXPECT_EQ(parameters.weights.params.axis, 3);
  EXPECT_EQ(tensor::to_int64s(parameters.weights.tensor), (std::vector<std::int64_t>{127, 127, 10, 5}));
  EXPECT_EQ(tensor::to_int64s(parameters.bias.tensor), (std::vector<std::int64_t>{0, 0}));
}

TEST(QuantizeLayer, LetsTheErrorsOfAWindowCancel) {
  constexpr std::string_view kLayer = R"(graph main(%x: f32[1,1,4,1]) -> (%y) {
    const @w: f32[1,1,4,1] = [127, 0.6, 0.7, 0.6]
    %y = conv2d(%x, @w)
  })";
  const LayerScales scales{.data = 1.0F, .result = 1.0F};
  EXPECT_EQ(tensor::to_int64s(of_layer(kLayer, scales).weights.tensor), (std::vector<std::int64_t>{127, 0, 1, 1}));
}

TEST(QuantizeLayer, RoundsToNearestWhereThereIsNoWindow) {
  constexpr std::string_view kLayer = R"(graph main(%x: f32[1,1,1,4]) -> (%y) {
    const @w: f32[1,1,1,4] = [127, 0.6, 0.7, 0.6]
    %y = conv2d(%x, @w)
  })";
  const LayerScales scales{.data = 1.0F, .result = 1.0F};
  EXPECT_EQ(tensor::to_int64s(of_layer(kLayer, scales).weights.tensor), (std::vector<std::int64_t>{127, 1, 1, 1}));
}

TEST(QuantizeLayer, PutsWhatRoundingLosesAtTheCentreIntoTheBias) {
  // Scale 1 / 127 for the first weight; the second, 0.5 of a step, rounds up to one step.
  constexpr std::string_view kLayer = R"(graph main(%x: f32[1,2]) -> (%y) {
    const @w: f32[1,2] = [127, 0.5]
    %y = fully_connected(%x, @w)
  })";
  const auto bias = [&](std::vector<float> centre) {
    const LayerScales scales{.data = 1.0F, .result = 1.0F, .centre = std::move(centre)};
    return tensor::to_int64s(of_layer(kLayer, scales).bias.tensor)[0];
  };
  EXPECT_EQ(bias({}), 0);
  EXPECT_EQ(bias({0, 120}), -60);
  EXPECT_EQ(bias({120, 0}), 0);
}

TEST(QuantizeLayer, RaisesTheScaleOfADeadChannelUntilItsBiasFits) {
  const LayerParameters parameters = of_layer(R"(graph main(%x: f32[1,1]) -> (%y) {
    const @w: f32[3,1] = [0, 1e-30, 1]
    const @b: f32[3] = [5, -5, 5]
    %y = fully_connected(%x, @w, @b)
  })",
                                              {.data = 0.01F, .result = 0.05F});
  const std::vector<std::int64_t> bias = tensor::to_int64s(parameters.bias.tensor);
  for (std::size_t c = 0; c < 3; ++c) {
    const double real = static_cast<double>(bias[c]) * static_cast<double>(parameters.bias.params.scale(c));
    EXPECT_NEAR(std::fabs(real), 5.0, 0.001);
    EXPECT_LE(std::abs(bias[c]), std::int64_t{1} << 30);
  }
  EXPECT_FLOAT_EQ(parameters.weights.params.scale(2), 1.0F / 127);
}

TEST(QuantizeLayer, KeepsTheMultiplierOfADeadChannelRepresentable) {
  const LayerParameters parameters = of_layer(R"(graph main(%x: f32[1,1]) -> (%y) {
    const @w: f32[1,1] = [0]
    %y = fully_connected(%x, @w)
  })",
                                              {.data = 0.01F, .result = 0.05F});
  EXPECT_GE(0.01 * static_cast<double>(parameters.weights.params.scale(0)) / 0.05, 0x1p-31);
}

constexpr std::string_view kTwoChannels = R"(graph main(%x: f32[1,2]) -> (%y) {
    const @w: f32[2,2] = [1.4, -0.2, 0.1, -0.8]
    const @b: f32[2] = [0.5, -0.5]
    %y = fully_connected(%x, @w, @b)
  })";

TEST(QuantizeLayer, HasSevenStepsEitherWayInFourBits) {
  const LayerParameters four = of_layer(kTwoChannels, {.data = 0.1F, .result = 0.1F}, {.weights = WeightType::Int4});
  EXPECT_EQ(four.weights.tensor.dtype(), DType::Int4);
  EXPECT_EQ(tensor::to_int64s(four.weights.tensor), (std::vector<std::int64_t>{7, -1, 1, -7}));
  EXPECT_FLOAT_EQ(four.weights.params.scale(0), 0.2F);
  EXPECT_EQ(tensor::to_int64s(four.bias.tensor), (std::vector<std::int64_t>{25, -44}));
}

TEST(QuantizeLayer, HasOneScalePerTensorForWeightsAndBias) {
  const LayerParameters one =
      of_layer(kTwoChannels, {.data = 0.1F, .result = 0.1F}, {.granularity = Granularity::PerTensor});
  EXPECT_EQ(one.weights.params.axis, -1);
  EXPECT_EQ(one.bias.params.axis, -1);
  EXPECT_EQ(tensor::to_int64s(one.weights.tensor), (std::vector<std::int64_t>{127, -18, 9, -73}));
  EXPECT_FLOAT_EQ(one.bias.params.scale(), 0.1F * one.weights.params.scale());
}

TEST(QuantizeLayer, HasABiasOf64BitsUnder16BitData) {
  const LayerParameters wide =
      of_layer(kTwoChannels, {.data = 0.001F, .result = 0.001F}, {.activations = Arithmetic::Int16});
  EXPECT_EQ(wide.bias.tensor.dtype(), DType::Int64);
  EXPECT_EQ(wide.weights.tensor.dtype(), DType::Int8);
}

TEST(QuantizeLayer, TakesIntegersThatAreGivenAndAddsToTheBias) {
  const LayerRounding rounding{.integers = Tensor::from(Shape{2, 2}, std::vector<std::int8_t>{6, 0, 1, -3}),
                               .params = QuantParams::per_channel({0.2F, 0.1F}, 0),
                               .bias_shift = {0.1F, 0.2F}};
  const LayerParameters given =
      of_layer(kTwoChannels, {.data = 0.1F, .result = 0.1F}, {.weights = WeightType::Int4}, rounding);
  EXPECT_EQ(tensor::to_int64s(given.weights.tensor), (std::vector<std::int64_t>{6, 0, 1, -3}));
  EXPECT_EQ(given.weights.params, rounding.params);
  EXPECT_EQ(tensor::to_int64s(given.bias.tensor), (std::vector<std::int64_t>{30, -30}));
}

}  // namespace
}  // namespace netfit::quant
