// SPDX-License-Identifier: Apache-2.0
#include "exec/fast.h"

#include <atomic>

#include <gtest/gtest.h>

#include "exec/onednn/library.h"
#include "support/graph_text.h"
#include "support/random_tensor.h"

namespace netfit::exec {
namespace {

using support::graph_of;
using support::random_tensor;

/// Stands in for the interpreter: gives ones, and counts.
class OnesRunner final : public NodeRunner {
 public:
  Result<Tensor> run_node(const ir::Graph& graph, ir::NodeId node, std::span<const Tensor>) const override {
    ++calls;
    const ir::Value& value = graph.value(graph.node(node).outputs[0]);
    Tensor ones(value.dtype, value.shape);
    for (std::byte& byte : ones.mutable_bytes()) byte = std::byte{1};
    return ones;
  }
  mutable std::atomic<int> calls = 0;
};

Tensor run(const ir::Graph& graph, const FastOptions& options, const Tensor& input,
           std::shared_ptr<const NodeRunner> fallback = nullptr) {
  auto executor = create_fast_on(graph, options, std::move(fallback));
  EXPECT_TRUE(executor) << executor.error().text();
  auto results = (*executor)->run(std::span(&input, 1), base::no_progress());
  EXPECT_TRUE(results) << results.error().text();
  return results->front();
}

std::vector<float> floats(const Tensor& tensor) {
  const std::span<const float> data = tensor.data<float>();
  return {data.begin(), data.end()};
}

std::vector<int> bytes(const Tensor& tensor) {
  const std::span<const std::int8_t> data = tensor.data<std::int8_t>();
  return {data.begin(), data.end()};
}

constexpr FastBackend kBackends[] = {FastBackend::OneDnn, FastBackend::Xnnpack};

// Every kind of int8 node of a CNN, with odd extents, padding that differs by side, and limits inside the type's.
constexpr std::string_view kInt8Network = R"(
graph main(%x: i8[1,9,7,3] q(0.02, -5)) -> (%y) {
  const @w1: i8[20,3,3,3] q(axis=0, [0.004, 0.005, 0.006, 0.007, 0.008, 0.009, 0.01, 0.011, 0.012, 0.013, 0.0041, 0.0052,
    0.0063, 0.0074, 0.0085, 0.0096, 0.0107, 0.0118, 0.0129, 0.0131]) = random(1)
  const @b1: i32[20] = random(2, -2000, 2000)
  const @w2: i8[1,3,3,20] q(0.01) = random(3)
  const @b2: i32[20] = random(4, -2000, 2000)
  const @w3: i8[20,1,1,20] q(0.003) = random(5)
  const @w4: i8[10,20] q(0.005) = random(6)
  const @b4: i32[10] = random(7, -2000, 2000)
  %c1: q(0.03, -100) = conv2d(%x, @w1, @b1) stride=2x1 padding=0,1,1,1 activation=relu6
  %c2: q(0.04, -128) = depthwise_conv2d(%c1, @w2, @b2) padding=1,1,1,1 activation=relu
  %c3: q(0.05, 3) = conv2d(%c2, @w3, _)
  %sum: q(0.06, -7) = add(%c3, %c1)
  %mean: q(0.021, 9) = mean(%sum) axes=[1,2]
  %y: q(0.1, 11) = fully_connected(%mean, @w4, @b4)
})";

TEST(Fast, OneDnnAndXnnpackAgreeBitForBitInInt8) {
  if (!onednn::has_exact_int8()) GTEST_SKIP() << "this CPU has no VNNI, so oneDNN does no int8";
  const ir::Graph graph = graph_of(kInt8Network);
  const Tensor x = random_tensor(1, DType::Int8, Shape{50, 9, 7, 3});
  const Tensor onednn = run(graph, {.backend = FastBackend::OneDnn}, x);
  const Tensor xnnpack = run(graph, {.backend = FastBackend::Xnnpack}, x);
  EXPECT_EQ(bytes(onednn), bytes(xnnpack));
  // Saturated results would be equal whatever the arithmetic.
  std::vector<int> distinct = bytes(onednn);
  std::ranges::sort(distinct);
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  EXPECT_GT(distinct.size(), 50U);
}

TEST(Fast, ComputesInt8ByHand) {
  // (2 - 1) * 3 + (5 - 1) * -2 + 6 = 1, times 0.5 * 0.25 / 0.1 = 1.25, rounds to 1, plus 10.
  const ir::Graph graph = graph_of(R"(
    graph main(%x: i8[1,2] q(0.5, 1)) -> (%y) {
      const @w: i8[1,2] q(0.25) = [3, -2]
      const @b: i32[1] = [6]
      %y: q(0.1, 10) = fully_connected(%x, @w, @b)
    })");
  const Tensor x = Tensor::from<std::int8_t>(Shape{2, 2}, std::vector<std::int8_t>{2, 5, 1, 1});
  for (const FastBackend backend : kBackends) {
    if (backend == FastBackend::OneDnn && !onednn::has_exact_int8()) continue;
    // The second sample: 6 * 1.25 = 7.5 goes to the even 8.
    EXPECT_EQ(bytes(run(graph, {.backend = backend}, x)), (std::vector<int>{11, 18}));
  }
}

TEST(Fast, ComputesFloatsByHand) {
  const ir::Graph graph = graph_of(R"(
    graph main(%x: f32[1,2,2,1]) -> (%y) {
      const @w: f32[2,1,2,1] = [1, 2, -1, 4]
      const @b: f32[2] = [0.5, -0.5]
      %c = conv2d(%x, @w, @b) activation=relu6
      %y = mean(%c) axes=[1,2]
    })");
  const Tensor x = Tensor::from<float>(Shape{1, 2, 2, 1}, std::vector<float>{1, 2, 3, -4});
  // Rows (1, 2) and (3, -4): 5.5 and relu6(-4.5) in the first channel, 6 (limited from 6.5) and 0 in the second.
  for (const FastBackend backend : kBackends) {
    EXPECT_EQ(floats(run(graph, {.backend = backend}, x)), (std::vector<float>{2.75, 3}));
  }
}

TEST(Fast, BroadcastsWithinEachSample) {
  const ir::Graph graph = graph_of(R"(
    graph main(%x: f32[1,2,1,2]) -> (%y) {
      const @row: f32[1,1,1,2] = [10, 20]
      const @column: f32[2,1,1] = [1, 2]
      %a = add(%x, @row)
      %m = mean(%x) axes=[1,2] keep_dims=true
      %b = mul(%a, @column)
      %y = sub(%b, %m)
    })");
  const Tensor x = Tensor::from<float>(Shape{2, 2, 1, 2}, std::vector<float>{1, 2, 3, 4, 0, 0, 2, 2});
  EXPECT_EQ(floats(run(graph, {.batch = 2}, x)), (std::vector<float>{9, 19, 24, 45, 9, 19, 23, 43}));
}

TEST(Fast, DoesNotDependOnThreadsOrARaggedLastChunk) {
  const ir::Graph graph = graph_of(kInt8Network);
  const Tensor x = random_tensor(3, DType::Int8, Shape{21, 9, 7, 3});
  for (const FastBackend backend : kBackends) {
    if (backend == FastBackend::OneDnn && !onednn::has_exact_int8()) continue;
    const Tensor one = run(graph, {.backend = backend, .batch = 8, .threads = 1}, x);
    EXPECT_EQ(run(graph, {.backend = backend, .batch = 8, .threads = 3}, x), one);
    EXPECT_EQ(run(graph, {.backend = backend, .batch = 1, .threads = 2}, x), one);
  }
}

TEST(Fast, GivesNothingForNoSamples) {
  const ir::Graph graph = graph_of("graph main(%x: f32[1,3]) -> (%y) { %y = relu(%x) }");
  EXPECT_EQ(run(graph, {}, Tensor(DType::Float32, Shape{0, 3})).shape(), (Shape{0, 3}));
}

TEST(Fast, PassesInputsAndConstantsThrough) {
  const ir::Graph graph = graph_of(R"(
    graph main(%x: i8[1,2] q(1, 0)) -> (%x, @c) { const @c: i8[1,2] q(1, 0) = [7, -8] })");
  auto executor = create_fast_on(graph, {.batch = 2}, nullptr);
  ASSERT_TRUE(executor) << executor.error().text();
  const Tensor x = Tensor::from<std::int8_t>(Shape{3, 2}, std::vector<std::int8_t>{-128, 127, 0, 1, 2, 3});
  const auto results = (*executor)->run(std::span(&x, 1), base::no_progress());
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ((*results)[0], x);
  EXPECT_EQ(bytes((*results)[1]), (std::vector<int>{7, -8, 7, -8, 7, -8}));
}

TEST(Fast, RunsAndListsNodesThatTheBackendLacks) {
  const ir::Graph graph = graph_of(R"(
    graph main(%x: i8[1,4] q(0.1, 0)) -> (%y) {
      %s = softmax(%x) "probabilities"
      %y = reshape(%s) shape=[1,2,2]
    })");
  const auto runner = std::make_shared<OnesRunner>();
  auto executor = create_fast_on(graph, {.batch = 2}, runner);
  ASSERT_TRUE(executor) << executor.error().text();
  EXPECT_EQ((*executor)->fallback_nodes(), (std::vector<std::string>{"softmax 'probabilities'"}));
  const Tensor x(DType::Int8, Shape{4, 4});
  const auto results = (*executor)->run(std::span(&x, 1), base::no_progress());
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ(runner->calls, 4);
  EXPECT_EQ((*results)[0].shape(), (Shape{4, 2, 2}));
  EXPECT_EQ(bytes((*results)[0]), std::vector<int>(16, 1));
}

TEST(Fast, RefusesANodeThatNothingRuns) {
  const ir::Graph graph = graph_of("graph main(%x: i8[1,4] q(0.1, 0)) -> (%s) { %s = softmax(%x) }");
  const auto executor = create_fast_on(graph, {}, nullptr);
  ASSERT_FALSE(executor);
  EXPECT_EQ(executor.error().what(), "no backend runs softmax 's'");
}

TEST(Fast, RefusesInputsThatDoNotFit) {
  const ir::Graph graph = graph_of("graph main(%x: f32[1,2,3], %z: f32[1,2,3]) -> (%y) { %y = add(%x, %z) }");
  auto executor = create_fast_on(graph, {}, nullptr);
  ASSERT_TRUE(executor) << executor.error().text();
  const auto fault = [&](std::vector<Tensor> inputs) {
    const auto results = (*executor)->run(inputs, base::no_progress());
    return results ? std::string("none") : results.error().what();
  };
  const Tensor good(DType::Float32, Shape{5, 2, 3});
  EXPECT_EQ(fault({good, good}), "none");
  EXPECT_EQ(fault({good}), "1 input tensors given, the graph has 2 inputs");
  EXPECT_EQ(fault({good, Tensor(DType::Int8, Shape{5, 2, 3})}),
            "input 'z' is given i8 of shape 5x2x3, the graph takes f32 of shape nx2x3");
  EXPECT_EQ(fault({good, Tensor(DType::Float32, Shape{5, 3, 2})}),
            "input 'z' is given f32 of shape 5x3x2, the graph takes f32 of shape nx2x3");
  EXPECT_EQ(fault({good, Tensor(DType::Float32, Shape{5, 2})}),
            "input 'z' is given f32 of shape 5x2, the graph takes f32 of shape nx2x3");
  EXPECT_EQ(fault({good, Tensor(DType::Float32, Shape{4, 2, 3})}), "input 'z' has 4 samples, the first input has 5");
}

TEST(Fast, RefusesActivationsThatNoArenaHolds) {
  const ir::Graph graph = graph_of("graph main(%x: f32[1,1000,1000,500]) -> (%y) { %y = relu(%x) }");
  const auto executor = create_fast_on(graph, {.batch = 2}, nullptr);
  ASSERT_FALSE(executor);
  EXPECT_NE(executor.error().what().find("bytes at once"), std::string::npos) << executor.error().what();
}

/// Says stop from the second chunk on.
class ImpatientProgress final : public Progress {
 public:
  void advance(std::int64_t steps) override { done += steps; }
  bool stopped() const override { return done > 0; }
  std::atomic<std::int64_t> done = 0;
};

TEST(Fast, StopsBetweenChunks) {
  const ir::Graph graph = graph_of("graph main(%x: f32[1,3]) -> (%y) { %y = relu(%x) }");
  auto executor = create_fast_on(graph, {.batch = 4}, nullptr);
  ASSERT_TRUE(executor) << executor.error().text();
  ImpatientProgress progress;
  const Tensor x(DType::Float32, Shape{100, 3});
  const auto results = (*executor)->run(std::span(&x, 1), progress);
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().kind(), ErrorKind::Interrupted);
  EXPECT_EQ(progress.done, 4);
}

}  // namespace
}  // namespace netfit::exec
