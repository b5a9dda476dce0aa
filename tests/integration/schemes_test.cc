// SPDX-License-Identifier: Apache-2.0
// The schemes that change how weights are stored, float16 and dynamic range: through passes and files, in LiteRT, and
// in our executors.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "eval/accuracy.h"
#include "interp/interpreter.h"
#include "ir/ops/conv.h"
#include "ir/parser.h"
#include "passes/widen_constants.h"
#include "quant/stored_weights.h"
#include "support/random_graph.h"
#include "support/random_tensor.h"
#include "whole_networks.h"

namespace netfit::whole_networks {
namespace {

using support::random_tensor;

double largest_difference(const Tensor& a, const Tensor& b) {
  const std::vector<double> left = tensor::to_doubles(a);
  const std::vector<double> right = tensor::to_doubles(b);
  double largest = 0;
  for (std::size_t i = 0; i < left.size(); ++i) largest = std::max(largest, std::fabs(left[i] - right[i]));
  return largest;
}

Tensor random_input(const ir::Graph& graph, std::int64_t samples) {
  return random_tensor(5, DType::Float32, graph.value(graph.inputs[0].value).shape.with_dim(0, samples));
}

std::vector<Tensor> interpret_all(const ir::Graph& graph) {
  std::vector<Tensor> inputs;
  for (const ir::GraphInput& input : graph.inputs) {
    inputs.push_back(random_tensor(7, DType::Float32, graph.value(input.value).shape.with_dim(0, 3)));
  }
  return must(must(interp::create_interpreter(graph, {}))->run(inputs, base::no_progress()));
}

// Constants of that type that nodes read, and that the file's writer did not add.
std::int64_t count_constants(const ir::Graph& graph, DType dtype) {
  return std::ranges::count_if(quant::stored_constants(graph), [&](const quant::StoredConstant& constant) {
    return constant.dtype == dtype && !constant.name.ends_with("/bias");
  });
}

// Random graphs are small; this one has weights that both schemes change, and a bias that float16 does.
constexpr const char* kNet = R"(graph main(%x: f32[1,8,8,16]) -> (%y) {
    const @w: f32[96,1,1,16] = random(1)
    const @b: f32[96] = random(2)
    const @d: f32[1,3,3,96] = random(3)
    const @e: f32[1,3,3,192] = random(4)
    const @s: f32[96] = random(5)
    const @v: f32[10,192] = random(6)
    %c = conv2d(%x, @w, @b) activation=relu6
    %c1 = depthwise_conv2d(%c, @d, @b) padding=1,1,1,1
    %m = mul(%c1, @s)
    %e1 = depthwise_conv2d(%m, @e) padding=0,1,0,1 stride=2x2
    %p = mean(%e1) axes=[1,2]
    %y = fully_connected(%p, @v)
  })";

TEST(StoredWeights, ComeBackFromTfliteAsTheyWere) {
  const ir::Graph graph = must(ir::parse(kNet));
  for (const auto quantize : {quant::quantize_float16, quant::quantize_dynamic}) {
    const ir::Graph stored = must(quantize(graph));
    const ModelFile file = write(stored, ".tflite");
    for (const DType dtype : {DType::Float16, DType::Int8, DType::Float32}) {
      EXPECT_EQ(count_constants(file.graph, dtype), count_constants(stored, dtype)) << tensor::name(dtype);
    }
    EXPECT_EQ(interpret_all(file.graph), interpret_all(stored));
    EXPECT_EQ(convert(file, ".tflite").bytes, file.bytes);
  }
}

TEST(StoredWeights, SurviveThePasses) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    ir::Graph graph = support::random_graph(seed);
    must(passes::canonicalize(graph));
    must(passes::optimize(graph));
    const ir::Graph half = must(quant::quantize_float16(graph));
    ir::Graph again = half;
    must(passes::canonicalize(again));
    must(passes::optimize(again));
    EXPECT_EQ(interpret_all(again), interpret_all(half)) << "seed " << seed;
    EXPECT_EQ(count_constants(again, DType::Float16), count_constants(half, DType::Float16)) << "seed " << seed;
  }
}

TEST(StoredWeights, OfFloat16ComputeWhatWidenedOnesDo) {
  const ir::Graph half = must(quant::quantize_float16(must(ir::parse(kNet))));
  ir::Graph widened = half;
  must(passes::widen_constants(widened));
  EXPECT_EQ(count_constants(widened, DType::Float16), 0) << "widened in place";
  const Tensor input = random_input(half, 20);
  EXPECT_EQ(run_fast(half, input), run_fast(widened, input));
  EXPECT_EQ(interpret_all(half), interpret_all(widened));
}

TEST(StoredWeights, OfDynamicRangeAreNearInTheFastExecutor) {
  const ir::Graph hybrid = must(quant::quantize_dynamic(must(ir::parse(kNet))));
  const Tensor input = random_input(hybrid, 20);
  const auto executor = must(exec::create_fast(hybrid, exec::Engine()));
  EXPECT_TRUE(executor->fallback_nodes().empty());
  const Tensor ours = first_output(*executor, input);
  const Tensor exact = first_output(*must(interp::create_interpreter(hybrid, {})), input);
  double largest = 0;
  for (const double value : tensor::to_doubles(exact)) largest = std::max(largest, std::fabs(value));
  EXPECT_LE(largest_difference(ours, exact), 0.05 * largest);
  EXPECT_GT(largest_difference(ours, exact), 0.0) << "the interpreter quantizes the data";
}

TEST(StoredWeights, RunInOnnxRuntimeUnderFloatData) {
  if (const auto library = exec::find_onnxruntime(support::site_packages()); !library) {
    GTEST_SKIP() << library.error().text();
  }
  const ir::Graph graph = must(ir::parse(kNet));
  for (const auto quantize : {quant::quantize_float16, quant::quantize_dynamic}) {
    const ir::Graph stored = must(quantize(graph));
    const Tensor input = random_input(stored, 20);
    const Tensor ours = run_fast(stored, input);
    const ModelFile file = write(stored, ".onnx");
    EXPECT_LE(largest_difference(run_in_runtime(file, input), ours), 1e-3);
    EXPECT_LE(largest_difference(run_fast(file, input), ours), 1e-3);
  }
}

class HybridLayers : public testing::TestWithParam<const char*> {};

TEST_P(HybridLayers, GiveTheBitsOfLiteRTsReferenceKernels) {
  if (const auto library = exec::find_litert(support::site_packages()); !library) {
    GTEST_SKIP() << library.error().text();
  }
  const ir::Graph graph = must(ir::parse(GetParam()));
  const ModelFile file = write(must(quant::quantize_dynamic(graph)), ".tflite");
  ASSERT_TRUE(ir::is_hybrid(ir::NodeView(file.graph, file.graph.node(file.graph.order().back()))));
  // Several ranges, of which some leave the negative or the positive side empty.
  Tensor input = random_input(graph, 64);
  const std::span<float> elements = input.mutable_data<float>();
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const std::size_t sample = i * 64 / elements.size();
    elements[i] = elements[i] * static_cast<float>(1 + sample % 7) + static_cast<float>(sample % 5) - 2.0F;
  }
  const Tensor theirs = run_litert(file, exec::LitertKernels::Reference, input);
  EXPECT_EQ(interpret(file, input), theirs) << largest_difference(interpret(file, input), theirs);
}

INSTANTIATE_TEST_SUITE_P(
    , HybridLayers,
    testing::Values(
        // conv2d: with and without bias, padding, stride, groups, and one scale for all channels, which is symmetric.
        R"(graph main(%x: f32[1,8,8,32]) -> (%y) {
          const @w: f32[32,3,3,32] = random(2) const @b: f32[32] = random(3)
          %y = conv2d(%x, @w, @b) padding=1,1,1,1 activation=relu })",
        R"(graph main(%x: f32[1,8,8,32]) -> (%y) {
          const @w: f32[40,1,1,32] = random(2)
          %y = conv2d(%x, @w) stride=2x2 activation=relu6 })",
        R"(graph main(%x: f32[1,8,8,16]) -> (%y) {
          const @w: f32[32,3,3,8] = random(2) const @b: f32[32] = random(3)
          %y = conv2d(%x, @w, @b) padding=1,1,1,1 })",
        R"(graph main(%x: f32[1,8,8,32]) -> (%y) {
          const @w: f32[32,1,1,32] = fill(0.3) const @b: f32[32] = random(3)
          %y = conv2d(%x, @w, @b) })",
        R"(graph main(%x: f32[1,8,8,128]) -> (%y) {
          const @w: f32[1,3,3,128] = random(2) const @b: f32[128] = random(3)
          %y = depthwise_conv2d(%x, @w, @b) padding=1,1,1,1 activation=relu6 })",
        R"(graph main(%x: f32[1,9,9,128]) -> (%y) {
          const @w: f32[1,3,3,256] = random(2)
          %y = depthwise_conv2d(%x, @w) stride=2x2 })",
        R"(graph main(%x: f32[1,128]) -> (%y) {
          const @w: f32[10,128] = random(2) const @b: f32[10] = random(3)
          %y = fully_connected(%x, @w, @b) activation=relu })",
        R"(graph main(%x: f32[1,130]) -> (%y) {
          const @w: f32[16,130] = random(2)
          %y = fully_connected(%x, @w) })"));

TEST(HybridRounding, TakesTheNumberJustBelowOneHalfUpAsLiteRTDoes) {
  if (const auto library = exec::find_litert(support::site_packages()); !library) {
    GTEST_SKIP() << library.error().text();
  }
  const ir::Graph graph = must(ir::parse(R"(graph main(%x: f32[1,128]) -> (%y) {
    const @w: f32[10,128] = random(2)
    %y = fully_connected(%x, @w)
  })"));
  const ModelFile file = write(must(quant::quantize_dynamic(graph)), ".tflite");
  // The range of 255 makes the step 1, so that elements are steps.
  std::vector<float> elements(128, 0.49999997F);
  elements[0] = -100.0F;
  elements[1] = 155.0F;
  const Tensor input = Tensor::from(Shape{1, 128}, elements);
  const Tensor ours = interpret(file, input);
  EXPECT_EQ(ours, run_litert(file, exec::LitertKernels::Reference, input));
  elements.assign(128, 0.0F);
  elements[0] = -100.0F;
  elements[1] = 155.0F;
  EXPECT_NE(ours, interpret(file, Tensor::from(Shape{1, 128}, elements)));
}

// Bytes of the files that TFLiteConverter of TensorFlow 2.21.0 makes of a Keras rebuild of the same network.
struct Converter {
  const char* network;
  double float16_bytes;
  double dynamic_bytes;
};
constexpr Converter kSmallConverted{kSmall, 946'312, 603'816};
constexpr Converter kLargeConverted{kLarge, 4'491'888, 2'515'584};

double top1(const Tensor& logits, const data::Dataset& test) {
  return eval::percent_equal(eval::top_classes(logits), test.labels);
}

double agreement(const Tensor& a, const Tensor& b) {
  return eval::percent_equal(eval::top_classes(a), eval::top_classes(b));
}

void record(const std::string& what, double value) { testing::Test::RecordProperty(what, std::to_string(value)); }

struct Limits {
  double drop;       ///< points of top-1 against the float network, in LiteRT
  double agreement;  ///< percent of images with the same class in `fast` as in LiteRT
};

// A network under a scheme, as a file in LiteRT, against its float self there and against `fast` here.
void expect_accuracy(const char* network, std::optional<std::int64_t> samples, const Limits& half_limits,
                     const Limits& hybrid_limits) {
  if (!missing().empty()) GTEST_SKIP() << missing();
  const data::Dataset test = images(data::Split::Test, samples);
  const ir::Graph graph = zoo_network(network);
  const Tensor input = input_of(graph, test);
  const double reals = top1(run_in_runtime(write(graph, ".tflite"), input), test);
  record("float32_top1", reals);
  for (const bool half : {true, false}) {
    const std::string scheme = half ? "float16" : "dynamic";
    const Limits& limits = half ? half_limits : hybrid_limits;
    const ModelFile file =
        write(must(half ? quant::quantize_float16(graph) : quant::quantize_dynamic(graph)), ".tflite");
    const Tensor theirs = run_in_runtime(file, input);
    const Tensor ours = run_fast(file, input);
    record(scheme + "_top1_litert", top1(theirs, test));
    record(scheme + "_top1_fast", top1(ours, test));
    record(scheme + "_agreement", agreement(theirs, ours));
    EXPECT_LE(reals - top1(theirs, test), limits.drop + 1e-9) << scheme;
    EXPECT_GE(agreement(theirs, ours), limits.agreement) << scheme;
  }
}

void expect_small_exact_files(const Converter& converter) {
  if (!missing().empty()) GTEST_SKIP() << missing();
  const ir::Graph graph = zoo_network(converter.network);
  const Tensor input = input_of(graph, images(data::Split::Test, 20));
  for (const bool half : {true, false}) {
    const ModelFile file =
        write(must(half ? quant::quantize_float16(graph) : quant::quantize_dynamic(graph)), ".tflite");
    record(half ? "float16_bytes" : "dynamic_bytes", static_cast<double>(file.bytes.size()));
    EXPECT_LE(static_cast<double>(file.bytes.size()), half ? converter.float16_bytes : converter.dynamic_bytes);
    EXPECT_EQ(interpret(file, input), run_litert(file, exec::LitertKernels::Reference, input));
  }
}

TEST(WholeNetworkSchemes, Of450kAreSmallAndExactInTheInterpreter) { expect_small_exact_files(kSmallConverted); }
TEST(WholeNetworkSchemes, OfW10AreSmallAndExactInTheInterpreter) { expect_small_exact_files(kLargeConverted); }

TEST(WholeNetworkSchemes, Of450kKeepTheirAccuracyOnAThousandImages) {
  expect_accuracy(kSmall, 1000, {.drop = 0.1, .agreement = 99.9}, {.drop = 0.3, .agreement = 99.0});
}
TEST(WholeNetworkSchemes, OfW10KeepTheirAccuracyOnAThousandImages) {
  expect_accuracy(kLarge, 1000, {.drop = 0.1, .agreement = 99.9}, {.drop = 0.3, .agreement = 99.0});
}

TEST(NightlySchemes, Of450kKeepTheirAccuracy) {
  expect_accuracy(kSmall, std::nullopt, {.drop = 0.05, .agreement = 99.9}, {.drop = 0.2, .agreement = 99.0});
}
TEST(NightlySchemes, OfW10KeepTheirAccuracy) {
  expect_accuracy(kLarge, std::nullopt, {.drop = 0.05, .agreement = 99.9}, {.drop = 0.2, .agreement = 99.0});
}

}  // namespace
}  // namespace netfit::whole_networks
