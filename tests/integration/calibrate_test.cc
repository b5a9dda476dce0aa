// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "quant/quantize.h"
#include "quantize_cases.h"

namespace netfit::quantize_cases {
namespace {

using quant::RangeEstimator;

TEST(Calibrate, NamesTheValueThatIsNotFinite) {
  const ir::Graph graph = parsed(R"(graph main(%x: f32[1,2]) -> (%y) {
    %a = div(%x, %x)
    %y = relu(%a)
  })");
  const Tensor inputs = Tensor::from(Shape{3, 2}, std::vector<float>{1, 1, 1, 0, 1, 1});
  const Result<quant::Ranges> ranges = calibrate(graph, {inputs});
  ASSERT_FALSE(ranges.has_value());
  EXPECT_EQ(ranges.error().text(), "value 'a': error: is not finite in calibration sample 1");
  const float infinity = std::numeric_limits<float>::infinity();
  const Result<quant::Ranges> bad_input =
      calibrate(graph, {Tensor::from(Shape{1, 2}, std::vector<float>{infinity, 1})});
  ASSERT_FALSE(bad_input.has_value());
  EXPECT_EQ(bad_input.error().text(), "value 'x': error: is not finite in calibration sample 0");
}

TEST(Calibrate, FindsTheExtremesOfEverySample) {
  const ir::Graph graph = parsed("graph main(%x: f32[1,2]) -> (%y) { %y = mul(%x, %x) }");
  const Tensor inputs = Tensor::from(Shape{3, 2}, std::vector<float>{1, -3, 2, 0.5F, 0, 1});
  const quant::Ranges ranges = *calibrate(graph, {inputs}, {.estimator = RangeEstimator::MinMax}, 2);
  EXPECT_EQ(ranges.at(graph.inputs[0].value).low, -3.0F);
  EXPECT_EQ(ranges.at(graph.inputs[0].value).high, 2.0F);
  EXPECT_EQ(ranges.at(graph.outputs[0].value).low, 0.0F);
  EXPECT_EQ(ranges.at(graph.outputs[0].value).high, 9.0F);
}

TEST(Calibrate, RefusesBadOptionsAndNoSamples) {
  const ir::Graph graph = parsed("graph main(%x: f32[1,2]) -> (%y) { %y = relu(%x) }");
  const std::vector<Tensor> inputs = random_inputs(graph, 2);
  EXPECT_EQ(calibrate(graph, inputs, {.percentile = 0}).error().what(), "percentile 0 is not in (0, 100]");
  EXPECT_EQ(calibrate(graph, inputs, {.moving_average = 1}).error().what(), "moving average 1 is not in [0, 1)");
  EXPECT_EQ(calibrate(graph, {Tensor(DType::Float32, Shape{0, 2})}).error().what(), "no calibration samples given");
}

}  // namespace
}  // namespace netfit::quantize_cases
