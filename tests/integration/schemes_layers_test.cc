// SPDX-License-Identifier: Apache-2.0
// quantize_layers: every precision, alone and mixed, through .tflite files and LiteRT, against our executors.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "eval/accuracy.h"
#include "ir/parser.h"
#include "quantize_cases.h"
#include "support/random_tensor.h"
#include "whole_networks.h"

namespace netfit::whole_networks {
namespace {

using quant::Arithmetic;
using quant::LayerOptions;
using quant::Precision;
using quant::WeightType;
using quantize_cases::largest_difference;

// Every kind of layer, an addition, and what shares parameters.
constexpr const char* kNet = R"(graph main(%x: f32[1,8,8,16]) -> (%y) {
    const @w: f32[96,1,1,16] = random(1)
    const @b: f32[96] = random(2)
    const @d: f32[1,3,3,96] = random(3)
    const @e: f32[24,3,3,96] = random(4)
    const @f: f32[24] = random(5)
    const @v: f32[10,48] = random(6)
    %c = conv2d(%x, @w, @b) activation=relu6
    %d1 = depthwise_conv2d(%c, @d, @b) padding=1,1,1,1
    %a = add(%c, %d1) activation=relu
    %e1 = conv2d(%a, @e, @f) padding=0,1,0,1 stride=2x2
    %m = max_pool2d(%e1) window=2x2 stride=2x2
    %g = average_pool2d(%e1) window=2x2 stride=2x2
    %j = concat(%m, %g) axis=3
    %p = mean(%j) axes=[1,2]
    %y = fully_connected(%p, @v)
  })";

struct Case {
  ir::Graph graph;
  quant::Ranges ranges;
};

Case calibrated(const char* text) {
  const ir::Graph graph = must(ir::parse(text));
  return {graph, must(quantize_cases::calibrate(graph, quantize_cases::random_inputs(graph, 16)))};
}

const Case& net() {
  static const Case known = calibrated(kNet);
  return known;
}

LayerOptions everywhere(std::string_view name) { return {.plan = {.everywhere = *quant::find_precision(name)}}; }

// Integers or reals that the graph takes.
Tensor input_for(const ir::Graph& graph, std::int64_t samples) {
  const ir::Value& input = graph.value(graph.inputs[0].value);
  return support::random_tensor(5, input.dtype, input.shape.with_dim(0, samples));
}

bool computes_in_floats(const Precision& precision) { return precision.activations == Arithmetic::Float32; }

class LayerPrecisions : public testing::TestWithParam<std::string> {};

TEST_P(LayerPrecisions, ComeBackFromTfliteAsTheyWere) {
  const ir::Graph graph = must(quant::quantize_layers(net().graph, net().ranges, everywhere(GetParam())));
  const ModelFile file = write(graph, ".tflite");
  const Tensor input = input_for(graph, 4);
  EXPECT_EQ(interpret(file, input), first_output(*must(interp::create_interpreter(graph, {})), input));
  EXPECT_EQ(convert(file, ".tflite").bytes, file.bytes);
}

TEST_P(LayerPrecisions, GiveWhatLiteRTsReferenceKernelsGive) {
  if (const auto library = exec::find_litert(support::site_packages()); !library) {
    GTEST_SKIP() << library.error().text();
  }
  const ModelFile file =
      write(must(quant::quantize_layers(net().graph, net().ranges, everywhere(GetParam()))), ".tflite");
  const Tensor input = input_for(file.graph, 20);
  const Tensor theirs = run_litert(file, exec::LitertKernels::Reference, input);
  if (computes_in_floats(*quant::find_precision(GetParam()))) {
    EXPECT_LE(largest_difference(interpret(file, input), theirs), 1e-4);
  } else {
    EXPECT_EQ(interpret(file, input), theirs);
  }
}

TEST_P(LayerPrecisions, GiveNearlyWhatTheFloatGraphGives) {
  LayerOptions options = everywhere(GetParam());
  options.io = quant::Io::Float32;
  const ir::Graph graph = must(quant::quantize_layers(net().graph, net().ranges, options));
  const std::vector<Tensor> inputs = quantize_cases::random_inputs(net().graph, 16);
  const Tensor exact = quantize_cases::run(net().graph, inputs).front();
  const Tensor ours = quantize_cases::run(graph, inputs).front();
  double largest = 0;
  for (const double value : tensor::to_doubles(exact)) largest = std::max(largest, std::fabs(value));
  const bool four_bits = options.plan.everywhere.weights == WeightType::Int4;
  EXPECT_LE(largest_difference(ours, exact), (four_bits ? 0.2 : 0.03) * largest);
}

std::vector<std::string> all_precisions() {
  std::vector<std::string> names;
  for (const quant::NamedPrecision& named : quant::named_precisions()) names.emplace_back(named.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(, LayerPrecisions, testing::ValuesIn(all_precisions()), [](const auto& named) {
  std::string name = named.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

// One layer of each precision, so that each meets every other.
TEST(MixedPrecisions, GiveTheBitsOfLiteRTsReferenceKernels) {
  if (const auto library = exec::find_litert(support::site_packages()); !library) {
    GTEST_SKIP() << library.error().text();
  }
  const std::vector<ir::NodeId> nodes(net().graph.order().begin(), net().graph.order().end());
  const std::vector<std::string> names = all_precisions();
  for (std::size_t first = 0; first < names.size(); ++first) {
    LayerOptions options = everywhere(names[first]);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      options.plan.exceptions[nodes[i]] = *quant::find_precision(names[(first + i) % names.size()]);
    }
    const ModelFile file = write(must(quant::quantize_layers(net().graph, net().ranges, options)), ".tflite");
    const Tensor input = input_for(file.graph, 8);
    const Tensor ours = interpret(file, input);
    EXPECT_EQ(ours.dtype(), file.graph.value(file.graph.outputs[0].value).dtype);
    const Tensor theirs = run_litert(file, exec::LitertKernels::Reference, input);
    EXPECT_LE(largest_difference(ours, theirs), tensor::is_float(ours.dtype()) ? 1e-4 : 0.0) << names[first];
    EXPECT_EQ(convert(file, ".tflite").bytes, file.bytes) << names[first];
  }
}

TEST(WidenedWeights, RunInOnnxRuntime) {
  if (const auto library = exec::find_onnxruntime(support::site_packages()); !library) {
    GTEST_SKIP() << library.error().text();
  }
  const ir::Graph graph = must(quant::quantize_layers(net().graph, {}, everywhere("weight-only")));
  const Tensor input = input_for(graph, 8);
  const Tensor ours = first_output(*must(interp::create_interpreter(graph, {})), input);
  const ModelFile file = write(graph, ".onnx");
  EXPECT_LT(file.bytes.size(), write(net().graph, ".onnx").bytes.size() / 2);
  EXPECT_LE(largest_difference(run_in_runtime(file, input), ours), 1e-4);
  EXPECT_LE(largest_difference(run_fast(file, input), ours), 1e-4);
}

// ONNX Runtime computes these in float and rounds once where the fixed-point rule rounds twice.
class NewerIntegers : public testing::TestWithParam<const char*> {};

TEST_P(NewerIntegers, ComeBackFromOnnxAsTheyWere) {
  const ir::Graph graph = must(quant::quantize_layers(net().graph, net().ranges, everywhere(GetParam())));
  const ModelFile file = write(graph, ".onnx");
  const Tensor input = input_for(graph, 4);
  EXPECT_EQ(interpret(file, input), first_output(*must(interp::create_interpreter(graph, {})), input));
  EXPECT_EQ(convert(file, ".onnx").bytes, file.bytes);
}

TEST_P(NewerIntegers, RunInOnnxRuntime) {
  if (const auto library = exec::find_onnxruntime(support::site_packages()); !library) {
    GTEST_SKIP() << library.error().text();
  }
  const ModelFile file =
      write(must(quant::quantize_layers(net().graph, net().ranges, everywhere(GetParam()))), ".onnx");
  const Tensor input = input_for(file.graph, 20);
  const Tensor ours = interpret(file, input);
  const Tensor theirs = run_in_runtime(file, input);
  EXPECT_EQ(ours.dtype(), theirs.dtype());
  EXPECT_LE(largest_difference(ours, theirs), 4.0);  // steps, as for networks in int8 (onnx_oracle_test.cc)
  RecordProperty("largest difference in steps", fmt::format("{}", largest_difference(ours, theirs)));
}

INSTANTIATE_TEST_SUITE_P(, NewerIntegers, testing::Values("int4", "int16x8"));

double top1(const ir::Graph& graph, const data::Dataset& test) {
  return eval::percent_equal(eval::top_classes(run_fast(optimized(graph), input_of(graph, test))), test.labels);
}

struct Measured {
  std::int64_t bytes;
  double top1;
};

Measured measure(const char* network, std::string_view scheme, const data::Dataset& test) {
  const ir::Graph graph = must(quant::quantize_layers(zoo_network(network), ranges_of(network), everywhere(scheme)));
  const ModelFile file = write(graph, ".tflite");
  const Measured found{std::ssize(file.bytes), top1(file.graph, test)};
  testing::Test::RecordProperty(fmt::format("{} {}", network, scheme),
                                fmt::format("{} bytes, {} %", found.bytes, found.top1));
  return found;
}

struct Expected {
  const char* scheme;
  double small_bytes;
  double large_bytes;
  double drop;
};
constexpr std::array kExpected{
    Expected{"int8-per-tensor", 520'000, 2'450'000, 0.2},
    Expected{"int4", 380'000, 1'600'000, 5.0},
    Expected{"weight-only", 580'000, 2'500'000, 0.2},
    Expected{"float16", 920'000, 4'480'000, 0.05},
};

void expect_size_and_accuracy(std::int64_t samples, double slack) {
  if (!missing().empty()) GTEST_SKIP() << missing();
  const data::Dataset test = images(data::Split::Test, samples);
  for (const char* network : {kSmall, kLarge}) {
    const double reals = top1(zoo_network(network), test);
    for (const Expected& expected : kExpected) {
      const Measured found = measure(network, expected.scheme, test);
      EXPECT_LE(static_cast<double>(found.bytes), network == kSmall ? expected.small_bytes : expected.large_bytes)
          << expected.scheme;
      EXPECT_LE(reals - found.top1, expected.drop + slack) << expected.scheme;
    }
  }
}

TEST(WholeNetworkPrecisions, AreSmallAndKeepTheirAccuracyOn500Images) { expect_size_and_accuracy(500, 0.6); }
TEST(NightlyPrecisions, AreSmallAndKeepTheirAccuracy) { expect_size_and_accuracy(10'000, 1e-9); }

// 16-bit layers run in our interpreter, whose bits are LiteRT's.
TEST(NightlyPrecisions, Int16x8LosesNothing) {
  if (!missing().empty()) GTEST_SKIP() << missing();
  const data::Dataset test = images(data::Split::Test, std::nullopt);
  for (const char* network : {kSmall, kLarge}) {
    EXPECT_GE(measure(network, "int16x8", test).top1, top1(zoo_network(network), test) - 0.05 - 1e-9);
  }
}

}  // namespace
}  // namespace netfit::whole_networks
