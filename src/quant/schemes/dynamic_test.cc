// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include <gtest/gtest.h>

#include "quant/quantize.h"
#include "support/graph_text.h"

namespace netfit::quant {
namespace {

using support::graph_of;

constexpr std::string_view kNet = R"(graph main(%x: f32[1,4,4,8]) -> (%y) {
    const @first: f32[32,1,1,8] = random(1)
    const @second: f32[32,1,1,32] = random(2)
    const @bias: f32[32] = random(3)
    const @depth: f32[1,8,8,32] = random(4)
    const @dense: f32[16,512] = random(5)
    %a = conv2d(%x, @first)
    %b = conv2d(%a, @second, @bias)
    %c = depthwise_conv2d(%b, @depth) padding=4,3,4,3
    %f = reshape(%c) shape=[1,512]
    %y = fully_connected(%f, @dense)
  })";

TEST(QuantizeDynamic, MakesLargeWeightsInt8AndLeavesTheRestFloat) {
  const Result<ir::Graph> hybrid = quantize_dynamic(graph_of(kNet));
  ASSERT_TRUE(hybrid.has_value()) << hybrid.error().text();
  const auto value = [&](std::string_view name) { return hybrid->value(*hybrid->find_value(name)); };
  EXPECT_EQ(value("first").dtype, DType::Float32) << "256 elements";
  EXPECT_EQ(value("bias").dtype, DType::Float32);
  EXPECT_EQ(value("second").dtype, DType::Int8) << "1024 elements";
  EXPECT_EQ(value("second").quant->axis, 0);
  EXPECT_EQ(value("depth").quant->axis, 3);
  EXPECT_FALSE(value("dense").quant->is_per_channel());
  EXPECT_EQ(value("y").dtype, DType::Float32);
  EXPECT_EQ(hybrid->node_count(), 5);
}

TEST(QuantizeDynamic, RoundsWeightsToTheNearestStepOfTheirChannel) {
  const ir::Graph graph = graph_of(kNet);
  const ir::Graph hybrid = *quantize_dynamic(graph);
  for (const std::string_view name : {"second", "dense"}) {
    const Tensor reals = *graph.value(*graph.find_value(name)).constant;
    const ir::Value& stored = hybrid.value(*hybrid.find_value(name));
    const std::int64_t depth = reals.element_count() / reals.shape()[0];
    std::int64_t largest = 0;
    for (std::int64_t i = 0; i < reals.element_count(); ++i) {
      const float scale = stored.quant->scale(i / depth);
      const std::int64_t step = stored.constant->data<std::int8_t>()[static_cast<std::size_t>(i)];
      const float error = reals.data<float>()[static_cast<std::size_t>(i)] - scale * static_cast<float>(step);
      EXPECT_LE(std::fabs(error), 0.5001F * scale);
      largest = std::max(largest, std::abs(step));
    }
    EXPECT_EQ(largest, 127) << "the whole range is used";
  }
}

TEST(QuantizeDynamic, SurvivesChannelsOfZeros) {
  const Result<ir::Graph> hybrid = quantize_dynamic(graph_of(R"(graph main(%x: f32[1,1,1,1024]) -> (%y) {
    const @w: f32[2,1,1,1024] = fill(0)
    %y = conv2d(%x, @w)
  })"));
  ASSERT_TRUE(hybrid.has_value()) << hybrid.error().text();
  const ir::Value& weights = hybrid->value(*hybrid->find_value("w"));
  EXPECT_GT(weights.quant->scale(0), 0.0F);
  EXPECT_EQ(weights.constant->data<std::int8_t>()[7], 0);
}

TEST(QuantizeDynamic, NamesEveryLayerWithWeightsThatAreNotFinite) {
  const Result<ir::Graph> hybrid = quantize_dynamic(graph_of(R"(graph main(%x: f32[1,1024]) -> (%y, %z) {
    const @w: f32[2,1024] = fill(nan)
    const @v: f32[2,1024] = fill(inf)
    %y = fully_connected(%x, @w)
    %z = fully_connected(%x, @v)
  })"));
  ASSERT_FALSE(hybrid.has_value());
  EXPECT_EQ(hybrid.error().text(),
            "fully_connected 'y': error: its weights 'w' are not finite\n"
            "fully_connected 'z': error: its weights 'v' are not finite");
}

TEST(QuantizeDynamic, RefusesWhatIsQuantizedAlready) {
  const ir::Graph once = *quantize_dynamic(graph_of(kNet));
  const Result<ir::Graph> twice = quantize_dynamic(once);
  ASSERT_FALSE(twice.has_value());
  EXPECT_NE(twice.error().text().find("reads 'second', which is i8 already (dynamic starts from f32)"),
            std::string::npos);
}

}  // namespace
}  // namespace netfit::quant
