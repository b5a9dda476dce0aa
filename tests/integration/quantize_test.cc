// SPDX-License-Identifier: Apache-2.0
#include "quant/quantize.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/files.h"
#include "base/parallel.h"
#include "data/dataset.h"
#include "data/preprocess.h"
#include "eval/accuracy.h"
#include "eval/run_dataset.h"
#include "exec/fast.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"
#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/pipelines.h"
#include "support/paths.h"
#include "support/random_graph.h"

namespace netfit {
namespace {

using quant::CalibrationOptions;
using quant::Io;
using quant::RangeEstimator;

ir::Graph parsed(std::string_view text) {
  Result<ir::Graph> graph = ir::parse(text);
  EXPECT_TRUE(graph.has_value()) << (graph ? "" : graph.error().text());
  return graph ? std::move(*graph) : ir::Graph();
}

Result<quant::Ranges> calibrate(const ir::Graph& graph, const std::vector<Tensor>& inputs,
                                const CalibrationOptions& options = {}, int threads = 1) {
  auto interpreter = interp::create_interpreter(graph, {.threads = threads});
  EXPECT_TRUE(interpreter.has_value());
  return quant::calibrate(graph, **interpreter, inputs, options, base::no_progress());
}

std::vector<Tensor> random_inputs(const ir::Graph& graph, std::int64_t samples) {
  std::vector<Tensor> inputs;
  for (const ir::GraphInput& input : graph.inputs) {
    inputs.push_back(support::random_tensor(7, DType::Float32, graph.value(input.value).shape.with_dim(0, samples)));
  }
  return inputs;
}

std::vector<Tensor> run(const ir::Graph& graph, const std::vector<Tensor>& inputs) {
  auto interpreter = interp::create_interpreter(graph, {});
  EXPECT_TRUE(interpreter.has_value()) << (interpreter ? "" : interpreter.error().text());
  auto outputs = (*interpreter)->run(inputs, base::no_progress());
  EXPECT_TRUE(outputs.has_value()) << (outputs ? "" : outputs.error().text());
  return outputs ? *outputs : std::vector<Tensor>();
}

// The int8 graph's outputs as reals, computed behind float borders.
std::vector<Tensor> run_int8(const ir::Graph& graph, const quant::Ranges& ranges, const std::vector<Tensor>& inputs) {
  const Result<ir::Graph> int8 = quant::quantize_int8(graph, ranges, {.io = Io::Float32});
  EXPECT_TRUE(int8.has_value()) << (int8 ? "" : int8.error().text());
  return int8 ? run(*int8, inputs) : std::vector<Tensor>();
}

double largest_difference(const Tensor& a, const Tensor& b) {
  const std::vector<double> left = tensor::to_doubles(a);
  const std::vector<double> right = tensor::to_doubles(b);
  double largest = 0;
  for (std::size_t i = 0; i < left.size(); ++i) largest = std::max(largest, std::fabs(left[i] - right[i]));
  return largest;
}

constexpr std::string_view kSmallCnn = R"(graph main(%x: f32[1,6,6,3]) -> (%y, %p) {
    preprocess %x scale=0.01 mean=[1, 1.2, 1.4] std=[0.5, 0.5, 0.5] order=rgb
    const @w: f32[8,3,3,3] = random(1)
    const @b: f32[8] = random(2)
    const @d: f32[1,3,3,8] = random(3)
    const @v: f32[4,8] = random(4)
    %c = conv2d(%x, @w, @b) padding=1,1,1,1 activation=relu6
    %d1 = depthwise_conv2d(%c, @d) padding=1,1,1,1
    %s = add(%c, %d1) activation=relu
    %j = concat(%s, %c) axis=3
    %m = max_pool2d(%j) window=2x2 stride=2x2
    %e = mean(%s) axes=[1,2]
    %y = fully_connected(%e, @v)
    %p = softmax(%y)
    %unused = mean(%m) axes=[1,2]
  })";

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

struct Trained {
  std::string file;
  double top1;
};

// The trained networks of the repository, calibrated on 512 training images and evaluated on all test images.
class Int8Network : public testing::TestWithParam<Trained> {
 protected:
  void SetUp() override {
    if (!support::cifar10()) GTEST_SKIP() << "the CIFAR-10 binary files are not there";
    const std::filesystem::path path = support::zoo() / GetParam().file;
    const Result<base::Bytes> bytes = base::read_file(path);
    ASSERT_TRUE(bytes.has_value()) << bytes.error().text();
    Result<ir::Graph> read = formats::read(*bytes, path);
    ASSERT_TRUE(read.has_value()) << read.error().text();
    graph = std::move(*read);
    ASSERT_TRUE(passes::canonicalize(graph).has_value());
    ASSERT_TRUE(passes::optimize(graph).has_value());
    test = images(data::Split::Test, 10'000);
    const data::Dataset train = images(data::Split::Train, 512);
    const ir::GraphInput& input = graph.inputs[0];
    const Result<Tensor> samples = data::preprocess(train.samples, graph.value(input.value), *input.preprocessing);
    ASSERT_TRUE(samples.has_value());
    const Result<quant::Ranges> calibrated = calibrate(graph, {*samples}, {}, base::available_threads());
    ASSERT_TRUE(calibrated.has_value());
    ranges = *calibrated;
  }

  static data::Dataset images(data::Split split, std::int64_t limit) {
    Result<data::Dataset> dataset =
        data::open("cifar10", {.split = split, .limit = limit, .cache = {*support::cifar10()}, .embedded = {}});
    EXPECT_TRUE(dataset.has_value()) << (dataset ? "" : dataset.error().text());
    return dataset ? std::move(*dataset) : data::Dataset();
  }

  std::vector<std::int64_t> classes(const ir::Graph& network) const {
    auto executor = exec::create_fast(network, {.threads = base::available_threads()}, interp::make_node_runner());
    EXPECT_TRUE(executor.has_value()) << (executor ? "" : executor.error().text());
    if (!executor) return {};
    const auto outputs =
        eval::run_dataset(**executor, network, test, network.inputs[0].preprocessing, base::no_progress());
    EXPECT_TRUE(outputs.has_value()) << (outputs ? "" : outputs.error().text());
    return outputs ? eval::top_classes(outputs->outputs[0]) : std::vector<std::int64_t>();
  }

  std::vector<std::int64_t> int8_classes(Io io) const {
    const Result<ir::Graph> int8 = quant::quantize_int8(graph, ranges, {.io = io});
    EXPECT_TRUE(int8.has_value()) << (int8 ? "" : int8.error().text());
    return int8 ? classes(*int8) : std::vector<std::int64_t>();
  }

  ir::Graph graph;
  data::Dataset test;
  quant::Ranges ranges;
};

TEST_P(Int8Network, LosesAtMostTwoTenthsOfAPoint) {
  const double before = eval::percent_equal(classes(graph), test.labels);
  EXPECT_NEAR(before, GetParam().top1, 0.02);
  const double top1 = eval::percent_equal(int8_classes(Io::Int8), test.labels);
  EXPECT_GE(top1, before - 0.2);
  RecordProperty("top1", std::to_string(top1));
}

TEST_P(Int8Network, TakesPixelsAtTheCostOfFewImages) {
  const std::vector<std::int64_t> int8 = int8_classes(Io::Int8);
  const std::vector<std::int64_t> pixels = int8_classes(Io::Int8Pixels);
  EXPECT_NEAR(eval::percent_equal(pixels, test.labels), eval::percent_equal(int8, test.labels), 0.1);
  // The goal, 99.6, is missed: 99.51 and 99.59 % are reached, for the reason in docs/quantization.md. This guards
  // these.
  EXPECT_GE(eval::percent_equal(int8, pixels), 99.5);
}

INSTANTIATE_TEST_SUITE_P(WholeNetwork, Int8Network,
                         testing::Values(Trained{"mobilenetv2_cifar10_450k.onnx", 94.27},
                                         Trained{"mobilenetv2_cifar10_w1.0.onnx", 94.51}),
                         [](const auto& trained) { return trained.index == 0 ? "Small" : "Large"; });

}  // namespace
}  // namespace netfit
