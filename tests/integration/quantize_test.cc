// SPDX-License-Identifier: Apache-2.0
#include "quant/quantize.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "data/preprocess.h"
#include "ir/printer.h"
#include "passes/pipelines.h"
#include "quantize_cases.h"
#include "support/random_graph.h"

namespace netfit::quantize_cases {
namespace {

using quant::Io;
using quant::RangeEstimator;

TEST(QuantizeInt8, StaysWithinAFewStepsOfFloat) {
  const ir::Graph graph = parsed(kSmallCnn);
  const std::vector<Tensor> inputs = random_inputs(graph, 32);
  const Result<quant::Ranges> ranges = calibrate(graph, inputs);
  ASSERT_TRUE(ranges.has_value());
  const std::vector<Tensor> expected = run(graph, inputs);
  const std::vector<Tensor> actual = run_int8(graph, *ranges, inputs);
  ASSERT_EQ(actual.size(), 2U);
  const ir::ValueId logits = *graph.find_value("y");
  const double step = static_cast<double>(ranges->at(logits).high - ranges->at(logits).low) / 255;
  EXPECT_LE(largest_difference(actual[0], expected[0]), 4 * step);
  EXPECT_LE(largest_difference(actual[1], expected[1]), 0.05);
  // Equal results would mean that nothing was quantized.
  EXPECT_GT(largest_difference(actual[0], expected[0]), 0.0);
}

TEST(QuantizeInt8, FollowsTheContractOfTflite) {
  const ir::Graph graph = parsed(kSmallCnn);
  const Result<quant::Ranges> ranges = calibrate(graph, random_inputs(graph, 8));
  const Result<ir::Graph> int8 = quant::quantize_int8(graph, *ranges, {});
  ASSERT_TRUE(int8.has_value()) << int8.error().text();
  const auto value = [&](std::string_view name) { return int8->value(*int8->find_value(name)); };
  EXPECT_EQ(value("p").quant, QuantParams::per_tensor(1.0F / 256, -128));
  EXPECT_EQ(value("s").quant, value("c").quant) << "inputs of a concat share their parameters";
  EXPECT_EQ(value("j").quant, value("m").quant);
  EXPECT_EQ(value("w").quant->axis, 0);
  EXPECT_EQ(value("d").quant->axis, 3);
  EXPECT_EQ(value("w").dtype, DType::Int8);
  EXPECT_EQ(value("b").dtype, DType::Int32);
  EXPECT_EQ(value("b").quant->scale(3), value("x").quant->scale() * value("w").quant->scale(3));
  for (const std::int64_t weight : tensor::to_int64s(*value("w").constant)) EXPECT_GE(weight, -127);
  EXPECT_TRUE(int8->inputs[0].preprocessing.has_value());
}

TEST(QuantizeInt8, KeepsRandomGraphsValidAndNearFloat) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    ir::Graph graph = support::random_graph(seed);
    ASSERT_TRUE(passes::canonicalize(graph));
    ASSERT_TRUE(passes::optimize(graph));
    const std::vector<Tensor> inputs = random_inputs(graph, 4);
    const Result<quant::Ranges> ranges = calibrate(graph, inputs);
    ASSERT_TRUE(ranges.has_value());
    const Result<ir::Graph> int8 = quant::quantize_int8(graph, *ranges, {.io = Io::Float32});
    if (!int8) {
      // Only what the random graph may hold and int8 may not.
      EXPECT_NE(int8.error().text().find("div '"), std::string::npos) << int8.error().text();
      continue;
    }
    const std::vector<Tensor> expected = run(graph, inputs);
    const std::vector<Tensor> actual = run(*int8, inputs);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(int8->value(int8->outputs[i].value).name, graph.value(graph.outputs[i].value).name);
      const quant::Range range = ranges->at(graph.outputs[i].value);
      const double width = static_cast<double>(std::max(0.0F, range.high) - std::min(0.0F, range.low));
      EXPECT_LE(largest_difference(actual[i], expected[i]), 0.25 * width + 1e-6)
          << "seed " << seed << " output " << graph.value(graph.outputs[i].value).name;
    }
  }
}

TEST(QuantizeInt8, SurvivesChannelsOfZeros) {
  const ir::Graph graph = parsed(R"(graph main(%x: f32[1,2,2,1]) -> (%y) {
    const @w: f32[3,1,1,1] = [0, 1e-20, 0.5]
    const @b: f32[3] = [0.75, 0.5, 0]
    %y = conv2d(%x, @w, @b)
  })");
  const std::vector<Tensor> inputs = random_inputs(graph, 4);
  const Result<quant::Ranges> ranges = calibrate(graph, inputs);
  EXPECT_LE(largest_difference(run_int8(graph, *ranges, inputs)[0], run(graph, inputs)[0]), 0.01);
}

TEST(QuantizeInt8, SurvivesAnActivationThatIsAlwaysZero) {
  const ir::Graph graph = parsed(R"(graph main(%x: f32[1,4]) -> (%y) {
    const @w: f32[2,4] = fill(0)
    %z = fully_connected(%x, @w)
    %y = add(%z, %z)
  })");
  const std::vector<Tensor> inputs = random_inputs(graph, 4);
  const Result<quant::Ranges> ranges = calibrate(graph, inputs);
  EXPECT_EQ(largest_difference(run_int8(graph, *ranges, inputs)[0], run(graph, inputs)[0]), 0.0);
}

TEST(QuantizeInt8, RequantizesBeforeAConcatWithASigmoid) {
  const ir::Graph graph = parsed(R"(graph main(%x: f32[1,4]) -> (%y) {
    %s = sigmoid(%x)
    %r = reshape(%s) shape=[1,4]
    %m = mul(%x, %x)
    %y = concat(%r, %m) axis=1
  })");
  const std::vector<Tensor> inputs = random_inputs(graph, 16);
  const Result<quant::Ranges> ranges = calibrate(graph, inputs);
  EXPECT_LE(largest_difference(run_int8(graph, *ranges, inputs)[0], run(graph, inputs)[0]), 0.02);
  const Result<ir::Graph> int8 = quant::quantize_int8(graph, *ranges, {});
  EXPECT_NE(ir::print(*int8).find("%r_requantized"), std::string::npos);
}

TEST(QuantizeInt8, GivesTheSameBytesOnAnyNumberOfThreads) {
  const ir::Graph graph = parsed(kSmallCnn);
  const std::vector<Tensor> inputs = random_inputs(graph, 40);
  for (const RangeEstimator estimator :
       {RangeEstimator::MinMax, RangeEstimator::MovingAverage, RangeEstimator::Percentile, RangeEstimator::Mse}) {
    std::vector<std::string> texts;
    for (const int threads : {1, 3, 8, 3}) {
      const Result<quant::Ranges> ranges = calibrate(graph, inputs, {.estimator = estimator}, threads);
      ASSERT_TRUE(ranges.has_value());
      texts.push_back(ir::print(*quant::quantize_int8(graph, *ranges, {})));
    }
    EXPECT_EQ(std::ranges::count(texts, texts.front()), 4);
  }
}

TEST(QuantizeInt8, SpeaksTheTypesThatAreAskedForAtItsBorders) {
  const ir::Graph graph = parsed(kSmallCnn);
  const std::vector<Tensor> inputs = random_inputs(graph, 4);
  const Result<quant::Ranges> ranges = calibrate(graph, inputs);
  const ir::Graph int8 = *quant::quantize_int8(graph, *ranges, {.io = Io::Int8});
  const ir::Graph uint8 = *quant::quantize_int8(graph, *ranges, {.io = Io::UInt8});
  const ir::Value& x8 = int8.value(int8.inputs[0].value);
  const ir::Value& xu8 = uint8.value(uint8.inputs[0].value);
  EXPECT_EQ(x8.dtype, DType::Int8);
  EXPECT_EQ(xu8.dtype, DType::UInt8);
  EXPECT_EQ(xu8.name, "x");
  EXPECT_EQ(xu8.quant->scale(), x8.quant->scale());
  EXPECT_EQ(xu8.quant->zero_point(), x8.quant->zero_point() + 128);
  EXPECT_EQ(uint8.value(uint8.outputs[0].value).name, "y");

  // Both take the same reals, so they give the same integers, 128 apart.
  const Tensor signed_input = support::random_tensor(1, DType::Int8, Shape{4, 6, 6, 3});
  Tensor unsigned_input(DType::UInt8, signed_input.shape());
  std::ranges::transform(signed_input.data<std::int8_t>(), unsigned_input.mutable_data<std::uint8_t>().begin(),
                         [](std::int8_t q) { return static_cast<std::uint8_t>(q + 128); });
  const std::vector<std::int64_t> a = tensor::to_int64s(run(int8, {signed_input})[0]);
  const std::vector<std::int64_t> b = tensor::to_int64s(run(uint8, {unsigned_input})[0]);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i] + 128, b[i]);
}

TEST(QuantizeInt8, TakesPixelsWithTheRecordInItsWeights) {
  // Equal means, so that the padding is exact too.
  ir::Graph graph = parsed(kSmallCnn);
  graph.inputs[0].preprocessing->mean = {1.2F};
  const Tensor pixels = support::random_tensor(3, DType::UInt8, Shape{16, 6, 6, 3});
  const Result<Tensor> reals =
      data::preprocess(pixels, graph.value(graph.inputs[0].value), *graph.inputs[0].preprocessing);
  ASSERT_TRUE(reals.has_value());
  const Result<quant::Ranges> ranges = calibrate(graph, {*reals});
  const Result<ir::Graph> int8 = quant::quantize_int8(graph, *ranges, {.io = Io::Int8Pixels});
  ASSERT_TRUE(int8.has_value()) << int8.error().text();
  const ir::Value& input = int8->value(int8->inputs[0].value);
  EXPECT_EQ(input.quant, QuantParams::per_tensor(1.0F, -128));
  EXPECT_EQ(*int8->inputs[0].preprocessing, ir::Preprocessing{});
  EXPECT_NE(ir::print(*int8).find("value=120"), std::string::npos);

  const Result<Tensor> shifted = data::preprocess(pixels, input, *int8->inputs[0].preprocessing);
  ASSERT_TRUE(shifted.has_value());
  EXPECT_EQ(shifted->data<std::int8_t>()[5], pixels.data<std::uint8_t>()[5] - 128);
  const QuantParams params = *int8->value(int8->outputs[0].value).quant;
  const std::vector<double> expected = tensor::to_doubles(run(graph, {*reals})[0]);
  const std::vector<std::int64_t> actual = tensor::to_int64s(run(*int8, {*shifted})[0]);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double real = static_cast<double>(params.scale()) * static_cast<double>(actual[i] - params.zero_point());
    EXPECT_NEAR(real, expected[i], 4 * static_cast<double>(params.scale()));
  }
}

// All faults of a failed quantization, one per line.
std::string refusal(std::string_view text, Io io = Io::Int8) {
  const ir::Graph graph = parsed(text);
  quant::Ranges ranges;
  for (const ir::ValueId id : graph.values()) ranges[id] = {-1, 1};
  const Result<ir::Graph> int8 = quant::quantize_int8(graph, ranges, {.io = io});
  return int8 ? "quantized" : int8.error().text();
}

TEST(QuantizeInt8, ListsEveryNodeThatHasNoInt8Form) {
  const std::string text = refusal(R"(graph main(%x: f32[1,4]) -> (%y) {
    %a = div(%x, %x)
    %b = relu(%a)
    %y = hard_sigmoid(%b)
  })");
  EXPECT_NE(text.find("div 'a': error: has no int8 form"), std::string::npos) << text;
  EXPECT_NE(text.find("hard_sigmoid 'y': error: has no int8 form"), std::string::npos) << text;
  EXPECT_EQ(text.find("relu 'b'"), std::string::npos) << text;
}

TEST(QuantizeInt8, RefusesAGraphThatIsQuantizedAlready) {
  const std::string text = refusal("graph main(%x: i8[1,4] q(0.1, 0)) -> (%y) { %y: q(0.1, 0) = relu(%x) }");
  EXPECT_NE(text.find("reads 'x', which is i8 already"), std::string::npos) << text;
}

TEST(QuantizeInt8, RefusesPixelsWithoutARecordOrBehindOtherOps) {
  EXPECT_NE(refusal("graph main(%x: f32[1,4]) -> (%y) { %y = relu(%x) }", Io::Int8Pixels)
                .find("input 'x': error: has no preprocessing record"),
            std::string::npos);
  EXPECT_NE(refusal("graph main(%x: f32[1,2,2,1]) -> (%y) { preprocess %x scale=1\n %y = relu(%x) }", Io::Int8Pixels)
                .find("relu 'y': error: reads the input 'x', but has no weights"),
            std::string::npos);
}

TEST(QuantizeInt8, RefusesMissingRanges) {
  const ir::Graph graph = parsed("graph main(%x: f32[1,4]) -> (%y) { %y = relu(%x) }");
  const Result<ir::Graph> int8 = quant::quantize_int8(graph, {}, {});
  ASSERT_FALSE(int8.has_value());
  EXPECT_NE(int8.error().text().find("value 'y': error: has no finite range"), std::string::npos);
}

}  // namespace
}  // namespace netfit::quantize_cases
