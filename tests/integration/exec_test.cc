// SPDX-License-Identifier: Apache-2.0
// The fast executor against the interpreter, its two backends against each other, and both against the real runtimes.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "data/dataset.h"
#include "data/preprocess.h"
#include "exec/fast.h"
#include "exec/onednn/library.h"
#include "exec/runtime.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"
#include "passes/pipelines.h"
#include "quant/quantize.h"
#include "support/graph_text.h"
#include "support/paths.h"
#include "support/random_graph.h"

namespace netfit::exec {
namespace {

using support::graph_of;
using support::random_tensor;
using Outputs = std::vector<Tensor>;

Outputs outputs_of(Executor& executor, const std::vector<Tensor>& inputs) {
  auto results = executor.run(inputs, base::no_progress());
  EXPECT_TRUE(results) << results.error().text();
  return results ? *std::move(results) : Outputs{};
}

std::unique_ptr<Executor> fast(const ir::Graph& graph, FastBackend backend, int threads = 1) {
  auto executor = create_fast_on(graph, {.backend = backend, .threads = threads}, interp::make_node_runner());
  EXPECT_TRUE(executor) << executor.error().text();
  return *std::move(executor);
}

std::unique_ptr<ObservableExecutor> reference(const ir::Graph& graph, int threads = 1) {
  auto executor = interp::create_interpreter(graph, {.threads = threads});
  EXPECT_TRUE(executor) << executor.error().text();
  return *std::move(executor);
}

std::vector<Tensor> random_inputs(const ir::Graph& graph, std::int64_t samples) {
  std::vector<Tensor> inputs;
  for (const ir::GraphInput& input : graph.inputs) {
    const ir::Value& value = graph.value(input.value);
    inputs.push_back(random_tensor(inputs.size() + 11, value.dtype, value.shape.with_dim(0, samples)));
  }
  return inputs;
}

// The greatest difference, relative to the greatest element where `relative`.
double difference(const Tensor& a, const Tensor& b, bool relative) {
  EXPECT_EQ(a.dtype(), b.dtype());
  EXPECT_EQ(a.shape(), b.shape());
  const std::vector<double> left = tensor::to_doubles(a);
  const std::vector<double> right = tensor::to_doubles(b);
  double most = 0;
  double greatest = 1e-6;
  for (std::size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
    most = std::max(most, std::abs(left[i] - right[i]));
    greatest = std::max(greatest, std::abs(left[i]));
  }
  return relative ? most / greatest : most;
}

struct Backends {
  static std::vector<FastBackend> usable_for(const ir::Graph& graph) {
    const bool is_float = graph.value(graph.inputs[0].value).dtype == DType::Float32;
    if (is_float || onednn::has_exact_int8()) return {FastBackend::OneDnn, FastBackend::Xnnpack};
    return {FastBackend::Xnnpack};
  }
};

// One node each, with what is usual and what is odd about it.
constexpr std::string_view kOneOpFloat[] = {
    "(%x: f32[1,7,6,4]) -> (%y) { const @w: f32[6,3,2,4] = random(1) const @b: f32[6] = random(2) "
    "%y = conv2d(%x, @w, @b) stride=2x1 padding=0,2,1,0 activation=relu6 }",
    "(%x: f32[1,9,9,4]) -> (%y) { const @w: f32[6,3,3,2] = random(1) %y = conv2d(%x, @w, _) dilation=2x3 }",
    "(%x: f32[1,2,2,4]) -> (%y) { const @w: f32[6,2,2,4] = random(1) %y = conv2d(%x, @w, _) padding=4,5,6,7 stride=3x3 "
    "}",
    "(%x: f32[1,6,6,4]) -> (%y) { const @w: f32[1,3,3,8] = random(1) const @b: f32[8] = random(2) "
    "%y = depthwise_conv2d(%x, @w, @b) padding=1,1,1,1 activation=relu_n1_to_1 }",
    "(%x: f32[1,5,5,6]) -> (%y) { const @w: f32[1,3,3,6] = random(1) %y = depthwise_conv2d(%x, @w, _) stride=2x2 }",
    "(%x: f32[1,3,10]) -> (%y) { const @w: f32[5,10] = random(1) %y = fully_connected(%x, @w, _) activation=relu }",
    "(%x: f32[1,3,4,5], %z: f32[1,3,4,5]) -> (%y) { %y = add(%x, %z) activation=relu }",
    "(%x: f32[1,3,4,5]) -> (%y) { const @c: f32[3,1,5] = random(3) %y = mul(%x, @c) }",
    "(%x: f32[1,3,4,5], %z: f32[1,5]) -> (%y) { %y = sub(%z, %x) activation=relu6 }",
    "(%x: f32[1,3,4,5]) -> (%y) { const @c: f32[1] = [4] %y = div(@c, %x) }",
    "(%x: f32[1,6,5,3]) -> (%y) { %y = average_pool2d(%x) window=3x2 stride=2x2 padding=1,1,0,1 }",
    "(%x: f32[1,6,5,3]) -> (%y) { %y = max_pool2d(%x) window=3x3 stride=1x2 padding=1,2,2,1 activation=relu }",
    "(%x: f32[1,6,5,3]) -> (%y) { %y = mean(%x) axes=[1,2] keep_dims=true }",
    "(%x: f32[1,6,5,3]) -> (%y) { %y = mean(%x) axes=[3] }",
    "(%x: f32[1,2,3,4]) -> (%y) { %y = pad(%x) before=[0,1,0,2] after=[0,0,3,1] value=0.5 }",
    "(%x: f32[1,2,3,4], %z: f32[1,2,1,4]) -> (%y) { %y = concat(%x, %z, %x) axis=2 }",
    "(%x: f32[1,2,3,4]) -> (%y) { %y = transpose(%x) perm=[0,3,1,2] }",
    "(%x: f32[1,2,3,4]) -> (%y) { %y = reshape(%x) shape=[1,24] }",
    "(%x: f32[1,50]) -> (%y) { %y = relu(%x) }",
    "(%x: f32[1,50]) -> (%y) { %y = relu6(%x) }",
    "(%x: f32[1,50]) -> (%y) { %y = relu_n1_to_1(%x) }",
    "(%x: f32[1,50]) -> (%y) { %y = sigmoid(%x) }",
    "(%x: f32[1,50]) -> (%y) { %y = hard_swish(%x) }",
    "(%x: f32[1,50]) -> (%y) { %y = hard_sigmoid(%x) alpha=0.2 beta=0.4 }",
    "(%x: f32[1,50]) -> (%y) { %y = leaky_relu(%x) alpha=0.2 }",
    "(%x: f32[1,5,10]) -> (%y) { %y = softmax(%x) beta=2 }",
    "(%x: f32[1,2,2,3]) -> (%y) { const @s: f32[3] = random(1) const @o: f32[3] = random(2) "
    "const @m: f32[3] = random(3) const @v: f32[3] = random(4, 0.5, 2) %y = batch_norm(%x, @s, @o, @m, @v) }",
};

constexpr std::string_view kOneOpInt8[] = {
    "(%x: i8[1,7,6,4] q(0.05, 7)) -> (%y) { const @w: i8[6,3,2,4] q(axis=0, [0.01, 0.02, 0.03, 0.02, 0.01, 0.02]) = "
    "random(1) const @b: i32[6] = random(2, -9000, 9000) %y: q(0.2, -100) = conv2d(%x, @w, @b) stride=2x1 "
    "padding=0,2,1,0 activation=relu6 }",
    "(%x: i8[1,9,9,4] q(0.05, -128)) -> (%y) { const @w: i8[6,3,3,2] q(0.01) = random(1) "
    "%y: q(0.1, 3) = conv2d(%x, @w, _) dilation=2x3 }",
    "(%x: i8[1,2,2,4] q(0.05, 7)) -> (%y) { const @w: i8[6,2,2,4] q(0.01) = random(1) "
    "%y: q(0.1, 3) = conv2d(%x, @w, _) padding=4,5,6,7 stride=3x3 }",
    "(%x: i8[1,6,6,4] q(0.05, 127)) -> (%y) { const @w: i8[1,3,3,8] q(0.01) = random(1) "
    "const @b: i32[8] = random(2, -9000, 9000) %y: q(0.08, 3) = depthwise_conv2d(%x, @w, @b) padding=1,1,1,1 }",
    "(%x: i8[1,3,10] q(0.05, 1)) -> (%y) { const @w: i8[5,10] q(0.01) = random(1) "
    "%y: q(0.05, 3) = fully_connected(%x, @w, _) activation=relu }",
    "(%x: i8[1,3,4,5] q(0.05, 1), %z: i8[1,3,4,5] q(0.013, -9)) -> (%y) { %y: q(0.06, 2) = add(%x, %z) }",
    "(%x: i8[1,3,4,5] q(0.05, 1)) -> (%y) { const @c: i8[1,1,1,5] q(0.02, 4) = random(3) "
    "%y: q(0.06, 2) = add(%x, @c) activation=relu }",
    "(%x: i8[1,3,4,5] q(0.05, 1), %z: i8[1,1,1,5] q(0.013, -9)) -> (%y) { %y: q(0.06, 2) = sub(%z, %x) }",
    "(%x: i8[1,3,4,5] q(0.05, 1), %z: i8[1,1,1,5] q(0.013, -9)) -> (%y) { %y: q(0.06, 2) = mul(%x, %z) }",
    "(%x: i8[1,6,5,3] q(0.05, 1)) -> (%y) { %y = average_pool2d(%x) window=3x2 stride=2x2 padding=1,1,0,1 }",
    "(%x: i8[1,6,5,3] q(0.05, 1)) -> (%y) { %y = max_pool2d(%x) window=3x3 stride=1x2 padding=1,2,2,1 }",
    "(%x: i8[1,6,5,3] q(0.05, 1)) -> (%y) { %y: q(0.02, -9) = mean(%x) axes=[1,2] }",
    "(%x: i8[1,6,5,3] q(0.05, 1)) -> (%y) { %y: q(0.02, -9) = mean(%x) axes=[3] }",
    "(%x: i8[1,2,3,4] q(0.05, 1)) -> (%y) { %y = pad(%x) before=[0,1,0,2] after=[0,0,3,1] value=0.5 }",
    "(%x: i8[1,2,3,4] q(0.05, 1)) -> (%y) { const @c: i8[1,2,1,4] q(0.05, 1) = random(3) "
    "%y = concat(%x, @c, %x) axis=2 }",
    "(%x: i8[1,2,3,4] q(0.05, 1)) -> (%y) { %y = transpose(%x) perm=[0,3,1,2] }",
    "(%x: i8[1,50] q(0.05, 1)) -> (%y) { %y: q(0.05, 1) = relu6(%x) }",
    "(%x: i8[1,50] q(0.05, 1)) -> (%y) { %y: q(0.07, -4) = relu(%x) }",
    "(%x: i8[1,50] q(0.05, 1)) -> (%y) { %y = sigmoid(%x) }",
    "(%x: i8[1,50] q(0.05, 1)) -> (%y) { %y: q(0.04, 0) = hard_swish(%x) }",
    "(%x: i8[1,50] q(0.05, 1)) -> (%y) { %y: q(0.03, -90) = leaky_relu(%x) alpha=0.2 }",
    "(%x: i8[1,5,10] q(0.05, 1)) -> (%y) { %y = softmax(%x) }",
    "(%x: i8[1,50] q(0.05, 1)) -> (%y) { %y: f32[1,50] = requantize(%x) to=f32 }",
    "(%x: f32[1,50]) -> (%y) { %y: i8[1,50] q(0.007, -9) = requantize(%x) to=i8 }",
    "(%x: i8[1,50] q(0.05, 1)) -> (%y) { %y: u8[1,50] q(0.05, 129) = requantize(%x) to=u8 }",
    "(%x: u8[1,50] q(0.05, 129)) -> (%y) { %y: i8[1,50] q(0.05, 1) = requantize(%x) to=i8 }",
    "(%x: i8[1,50] q(0.05, 1)) -> (%y) { %y: i8[1,50] q(0.03, -7) = requantize(%x) to=i8 }",
};

void expect_close_to_reference(std::string_view text, double tolerance, bool relative) {
  SCOPED_TRACE(text);
  const ir::Graph graph = graph_of(std::string("graph main").append(text));
  const std::vector<Tensor> inputs = random_inputs(graph, 19);
  const Tensor expected = outputs_of(*reference(graph), inputs).front();
  for (const FastBackend backend : Backends::usable_for(graph)) {
    const Tensor given = outputs_of(*fast(graph, backend), inputs).front();
    EXPECT_LE(difference(expected, given, relative), tolerance) << static_cast<int>(backend);
  }
}

TEST(FastAgainstInterpreter, AgreesOnEveryOpInFloat32) {
  for (const std::string_view text : kOneOpFloat) expect_close_to_reference(text, 1e-5, true);
}

TEST(FastAgainstInterpreter, StaysWithinOneStepOnEveryOpInInt8) {
  for (const std::string_view text : kOneOpInt8) expect_close_to_reference(text, 1, false);
}

TEST(FastAgainstInterpreter, AveragesBytesExactly) {
  expect_close_to_reference(
      "(%x: i8[1,6,5,3] q(0.05, 1)) -> (%y) { %y = average_pool2d(%x) window=3x2 padding=1,1,0,1 activation=relu6 }", 0,
      false);
}

TEST(FastAgainstInterpreter, AgreesOnRandomGraphs) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    ir::Graph graph = support::random_graph(seed);
    // As built first, then as executors usually get it.
    for (const bool optimized : {false, true}) {
      if (optimized) {
        ASSERT_TRUE(passes::canonicalize(graph));
        ASSERT_TRUE(passes::optimize(graph));
      }
      const std::vector<Tensor> inputs = random_inputs(graph, 5);
      const Outputs expected = outputs_of(*reference(graph), inputs);
      for (const FastBackend backend : Backends::usable_for(graph)) {
        const Outputs given = outputs_of(*fast(graph, backend), inputs);
        ASSERT_EQ(given.size(), expected.size());
        for (std::size_t i = 0; i < given.size(); ++i) EXPECT_LE(difference(expected[i], given[i], true), 1e-4);
      }
    }
  }
}

// The int8 graph of an optimized float one, calibrated on `inputs`.
Result<ir::Graph> quantized(const ir::Graph& graph, const std::vector<Tensor>& inputs) {
  const auto observed = reference(graph, 2);
  const quant::Ranges ranges = NETFIT_TRY(quant::calibrate(graph, *observed, inputs, {}, base::no_progress()));
  return quant::quantize_int8(graph, ranges, {});
}

TEST(FastBackends, GiveTheSameBitsOnRandomInt8Graphs) {
  if (!onednn::has_exact_int8()) GTEST_SKIP() << "this CPU has no VNNI, so oneDNN does no int8";
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    ir::Graph graph = support::random_graph(seed, {.blocks = 4});
    ASSERT_TRUE(passes::canonicalize(graph));
    ASSERT_TRUE(passes::optimize(graph));
    const Result<ir::Graph> int8 = quantized(graph, random_inputs(graph, 8));
    if (!int8) continue;  // div has no int8 form
    ++compared;
    const std::vector<Tensor> inputs = random_inputs(*int8, 19);
    EXPECT_EQ(outputs_of(*fast(*int8, FastBackend::OneDnn), inputs),
              outputs_of(*fast(*int8, FastBackend::Xnnpack, 2), inputs));
  }
  EXPECT_GE(compared, 50);
}

// What the tests below share: a .tflite file, its graph, and images for it.
struct Int8File {
  base::Bytes bytes;
  ir::Graph graph;
};

ir::Graph imported(std::span<const std::byte> bytes, const std::string& name) {
  auto graph = formats::read(bytes, name);
  EXPECT_TRUE(graph) << graph.error().text();
  EXPECT_TRUE(passes::canonicalize(*graph));
  return *std::move(graph);
}

Result<data::Dataset> images(data::Split split, std::int64_t limit) {
  data::OpenOptions options{.split = split, .limit = limit, .embedded = "data/cifar10"};
  if (const auto folder = support::cifar10()) options.cache = {*folder};
  return data::open("cifar10", options);
}

Tensor model_input(const ir::Graph& graph, const data::Dataset& dataset) {
  const ir::GraphInput& input = graph.inputs[0];
  auto chosen = data::choose_preprocessing(graph, input, std::nullopt);
  EXPECT_TRUE(chosen) << chosen.error().text();
  auto tensor = data::preprocess(dataset.samples, graph.value(input.value), chosen->preprocessing);
  EXPECT_TRUE(tensor) << tensor.error().text();
  return *std::move(tensor);
}

Int8File quantized_zoo_network(const std::string& name) {
  const std::filesystem::path path = support::zoo() / name;
  ir::Graph graph = imported(base::read_file(path).value(), name);
  EXPECT_TRUE(passes::optimize(graph));
  const ir::Graph int8 = quantized(graph, {model_input(graph, images(data::Split::Train, 32).value())}).value();
  Int8File file;
  file.bytes = (*formats::format_for("x.tflite"))->write(int8).value();
  file.graph = imported(file.bytes, "x.tflite");
  return file;
}

// Every output of the fast executor equals LiteRT's default kernels', bit for bit.
void expect_bits_of_litert(const Int8File& file, const std::vector<Tensor>& inputs) {
  const auto library = find_litert(support::site_packages());
  if (!library) GTEST_SKIP() << library.error().what();
  auto litert = create_litert(*library, file.bytes, file.graph, LitertKernels::Default, {.threads = 2});
  ASSERT_TRUE(litert) << litert.error().text();
  const Outputs expected = outputs_of(**litert, inputs);
  for (const FastBackend backend : Backends::usable_for(file.graph)) {
    const auto executor = fast(file.graph, backend, 2);
    EXPECT_TRUE(executor->fallback_nodes().empty()) << executor->fallback_nodes().front();
    EXPECT_EQ(outputs_of(*executor, inputs), expected) << executor->name();
  }
}

void expect_bits_of_litert_on_test_images(const std::string& network, std::int64_t count) {
  const auto test = images(data::Split::Test, count);
  ASSERT_TRUE(test) << test.error().text();
  const Int8File file = quantized_zoo_network(network);
  expect_bits_of_litert(file, {model_input(file.graph, *test)});
}

// Scales, zero points and numbers of pixels for which other orders of the float steps give other bits.
TEST(LitertBits, OfMeansWhereTheOrderOfRoundingsShows) {
  for (const std::string_view text : {
           "(%x: i8[1,4,4,64] q(0.0235294122, 0)) -> (%y) { %y: q(0.0229411758, -28) = mean(%x) axes=[1,2] }",
           "(%x: i8[1,4,4,64] q(0.0235294122, -128)) -> (%y) { %y: q(0.0229411758, -128) = mean(%x) axes=[1,2] }",
           "(%x: i8[1,4,4,64] q(0.05, 5)) -> (%y) { %y: q(0.03, 7) = mean(%x) axes=[1,2] }",
           "(%x: i8[1,4,12,64] q(0.04, -128)) -> (%y) { %y: q(0.03, -128) = mean(%x) axes=[1,2] }",
           "(%x: i8[1,4,7,64] q(0.03, -128)) -> (%y) { %y: q(0.025, -128) = mean(%x) axes=[1,2] }",
       }) {
    SCOPED_TRACE(text);
    Int8File file;
    file.bytes = (*formats::format_for("x.tflite"))->write(graph_of(std::string("graph main").append(text))).value();
    file.graph = imported(file.bytes, "x.tflite");
    expect_bits_of_litert(file, random_inputs(file.graph, 400));
  }
}

TEST(WholeNetworkBits, Of450kEqualLiteRt) {
  expect_bits_of_litert_on_test_images("mobilenetv2_cifar10_450k.onnx", 2'000);
}

TEST(WholeNetworkBits, OfW10EqualLiteRt) {
  expect_bits_of_litert_on_test_images("mobilenetv2_cifar10_w1.0.onnx", 1'000);
}

TEST(NightlyBits, Of450kEqualLiteRt) { expect_bits_of_litert_on_test_images("mobilenetv2_cifar10_450k.onnx", 10'000); }

TEST(NightlyBits, OfW10EqualLiteRt) { expect_bits_of_litert_on_test_images("mobilenetv2_cifar10_w1.0.onnx", 10'000); }

TEST(LitertReference, EqualsTheInterpreterOnMlperfTiny) {
  const auto folder = support::mlperf_tiny();
  const auto library = find_litert(support::site_packages());
  if (!folder || !library) GTEST_SKIP() << "the MLPerf Tiny models or LiteRT are missing";
  for (const char* name :
       {"ad01_int8.tflite", "kws_ref_model.tflite", "pretrainedResnet_quant.tflite", "vww_96_int8.tflite"}) {
    SCOPED_TRACE(name);
    const base::Bytes bytes = base::read_file(*folder / name).value();
    const ir::Graph graph = imported(bytes, name);
    auto litert = create_litert(*library, bytes, graph, LitertKernels::Reference, {.threads = 2});
    ASSERT_TRUE(litert) << litert.error().text();
    const std::vector<Tensor> inputs = random_inputs(graph, 20);
    EXPECT_EQ(outputs_of(**litert, inputs), outputs_of(*reference(graph), inputs));
  }
}

}  // namespace
}  // namespace netfit::exec
