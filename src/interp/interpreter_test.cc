// SPDX-License-Identifier: Apache-2.0
#include "interp/interpreter.h"

#include <atomic>
#include <limits>
#include <map>
#include <mutex>

#include <gtest/gtest.h>

#include "interp/kernels/kernel.h"
#include "ir/builder.h"
#include "ir/op_table.h"
#include "ir/ops.h"
#include "ir/parser.h"

namespace netfit::interp {
namespace {

using ir::Attrs;
using ir::Builder;
using ir::Graph;
using ir::ValueId;

std::unique_ptr<exec::ObservableExecutor> interpreter(Graph graph, int threads = 1) {
  auto created = create_interpreter(std::move(graph), {.threads = threads});
  EXPECT_TRUE(created) << created.error().text();
  return std::move(*created);
}

std::vector<float> floats(const Tensor& tensor) {
  const std::span<const float> data = tensor.data<float>();
  return {data.begin(), data.end()};
}

// y = relu(x) + x, z = y * y.
Graph small_graph() {
  Graph graph;
  Builder build(graph);
  const ValueId x = build.input("x", DType::Float32, Shape{1, 3});
  const ValueId clipped = *build.add(ir::kRelu, {x}, {}, "clipped");
  const ValueId y = *build.add(ir::kAdd, {clipped, x}, {}, "y");
  const ValueId z = *build.add(ir::kMul, {y, y}, {}, "z");
  build.output(y);
  build.output(z);
  return graph;
}

TEST(KernelTable, HasOneKernelForEveryOpInTheSameOrder) {
  ASSERT_EQ(kernel_table().size(), ir::op_table().size());
  for (std::size_t i = 0; i < kernel_table().size(); ++i) EXPECT_EQ(kernel_table()[i].op, ir::op_table()[i]);
}

TEST(Interpreter, RunsEverySampleAndGivesAllOutputs) {
  const Tensor x = Tensor::from<float>(Shape{2, 3}, std::vector<float>{-1, 0, 1, 2, -3, 0.5});
  for (const int threads : {1, 3}) {
    const auto results = interpreter(small_graph(), threads)->run(std::array{x}, base::no_progress());
    ASSERT_TRUE(results) << results.error().text();
    ASSERT_EQ(results->size(), 2U);
    EXPECT_EQ((*results)[0].shape(), (Shape{2, 3}));
    EXPECT_EQ(floats((*results)[0]), (std::vector<float>{-1, 0, 2, 4, -3, 1}));
    EXPECT_EQ(floats((*results)[1]), (std::vector<float>{1, 0, 4, 16, 9, 1}));
  }
}

TEST(Interpreter, GivesEmptyOutputsForNoSamples) {
  const auto results =
      interpreter(small_graph())->run(std::array{Tensor(DType::Float32, Shape{0, 3})}, base::no_progress());
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ((*results)[0].shape(), (Shape{0, 3}));
}

TEST(Interpreter, PassesInputsAndConstantsThroughToOutputs) {
  Graph graph;
  Builder build(graph);
  const ValueId x = build.input("x", DType::Int8, Shape{1, 2});
  build.output(x);
  build.output(graph.add_constant("c", Tensor::from<float>(Shape{1}, std::vector<float>{7})));
  const Tensor data = Tensor::from<std::int8_t>(Shape{2, 2}, std::vector<std::int8_t>{1, 2, 3, 4});
  const auto results = interpreter(std::move(graph))->run(std::array{data}, base::no_progress());
  ASSERT_TRUE(results) << results.error().text();
  EXPECT_EQ((*results)[0], data);
  EXPECT_EQ(floats((*results)[1]), (std::vector<float>{7, 7}));
}

TEST(Interpreter, ShowsEveryValueOfEverySampleToTheObserver) {
  Graph graph = small_graph();
  const ValueId x = graph.inputs[0].value;
  std::mutex mutex;
  std::map<std::pair<int, std::int64_t>, std::vector<float>> seen;
  const auto observe = [&](ValueId value, std::int64_t sample, const Tensor& tensor) {
    const std::lock_guard lock(mutex);
    seen[{value.index, sample}] = floats(tensor);
  };
  const ValueId clipped = *graph.find_value("clipped");
  const Tensor data = Tensor::from<float>(Shape{2, 3}, std::vector<float>{-1, 0, 1, 2, -3, 0.5});
  const auto executor = interpreter(std::move(graph), 2);
  ASSERT_TRUE(executor->run_observed(std::array{data}, observe, base::no_progress()));
  EXPECT_EQ(seen.size(), 8U);
  EXPECT_EQ((seen[{x.index, 1}]), (std::vector<float>{2, -3, 0.5}));
  EXPECT_EQ((seen[{clipped.index, 0}]), (std::vector<float>{0, 0, 1}));
}

std::string run_error(std::vector<Tensor> inputs) {
  const auto results = interpreter(small_graph())->run(inputs, base::no_progress());
  return results ? "" : results.error().what();
}

TEST(Interpreter, RejectsInputsThatDoNotFitTheGraph) {
  EXPECT_EQ(run_error({}), "0 inputs given, the graph takes 1");
  EXPECT_EQ(run_error({Tensor(DType::Int8, Shape{1, 3})}), "input 'x' is given as i8, the graph takes f32");
  EXPECT_EQ(run_error({Tensor(DType::Float32, Shape{1, 4})}),
            "input 'x' is given as 1x4, the graph takes samples of 1x3");
  EXPECT_EQ(run_error({Tensor(DType::Float32, Shape{})}),
            "input 'x' is given as scalar, the graph takes samples of 1x3");
}

TEST(Interpreter, RejectsInputsWithDifferentNumbersOfSamples) {
  Graph graph;
  Builder build(graph);
  const ValueId a = build.input("a", DType::Float32, Shape{1, 1});
  const ValueId b = build.input("b", DType::Float32, Shape{1, 1});
  build.output(*build.add(ir::kAdd, {a, b}, {}, "sum"));
  const std::array inputs{Tensor(DType::Float32, Shape{2, 1}), Tensor(DType::Float32, Shape{3, 1})};
  const auto results = interpreter(std::move(graph))->run(inputs, base::no_progress());
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().what(), "input 'b' has 3 samples, those before it have 2");
}

TEST(Interpreter, NamesEveryNodeWithoutKernel) {
  Graph graph;
  Builder build(graph);
  const ValueId x = build.input("x", DType::UInt8, Shape{1, 2});
  const ValueId half = *build.add(ir::kSigmoid, {x}, {}, "half");
  const ValueId whole = *build.add(ir::kReshape, {half}, Attrs::of(ir::ReshapeAttrs{{2}}), "whole");
  build.output(*build.add(ir::kAdd, {whole, whole}, {}, "sum"));
  const auto created = create_interpreter(std::move(graph), {});
  ASSERT_FALSE(created);
  ASSERT_EQ(created.error().faults().size(), 2U);
  EXPECT_EQ(
      created.error().text(),
      "sigmoid 'half': error: no kernel for sigmoid (u8) -> u8\nadd 'sum': error: no kernel for add (u8, u8) -> u8");
}

std::string create_error(std::string_view text) {
  auto graph = ir::parse(text);
  EXPECT_TRUE(graph) << graph.error().text();
  const auto created = create_interpreter(std::move(*graph), {});
  return created ? "" : created.error().what();
}

TEST(Interpreter, RefusesScalesThatNoFixedPointHolds) {
  EXPECT_EQ(create_error(R"(graph main(%x: i8[1,2] q(1024, 0)) -> (%y) {
    %y: i8[1,2] q(9.5367431640625e-07, 0) = requantize(%x) to=i8 })"),
            "the scales give the multiplier 1073741824, allowed is less than 2^30");
  EXPECT_EQ(create_error(R"(graph main(%x: i8[1,2] q(1e-9, 0)) -> (%y) {
    %y: i8[1,2] q(0.00390625, -128) = softmax(%x) beta=1 })"),
            "softmax with beta 1 of scale 1e-09 is flat");
  EXPECT_EQ(create_error(R"(graph main(%x: i8[1,2] q(2, 0)) -> (%y) {
    %y: i8[1,2] q(0.01, 0) = hard_swish(%x) })"),
            "hard_swish cannot go from scale 2 to 0.01, less than a 128th");
  EXPECT_EQ(create_error(R"(graph main(%x: i8[1,2] q(1, 0)) -> (%y) {
    %y: i8[1,2] q(0.01, 0) = hard_swish(%x) })"),
            "");
}

TEST(Interpreter, StopsWhenAsked) {
  class Stopper final : public Progress {
   public:
    void advance(std::int64_t steps) override { done += steps; }
    bool stopped() const override { return done >= 2; }
    std::atomic<std::int64_t> done{0};
  };
  Stopper stopper;
  const auto results = interpreter(small_graph())->run(std::array{Tensor(DType::Float32, Shape{10, 3})}, stopper);
  ASSERT_FALSE(results);
  EXPECT_EQ(results.error().kind(), ErrorKind::Interrupted);
  EXPECT_EQ(stopper.done, 2);
}

TEST(NodeRunner, RunsOneNodeAndChecksItsInputs) {
  const Graph graph = small_graph();
  const auto runner = make_node_runner();
  const Tensor x = Tensor::from<float>(Shape{1, 3}, std::vector<float>{-1, 0, 1});
  const ir::NodeId relu = graph.order()[0];
  const auto result = runner->run_node(graph, relu, std::array{x});
  ASSERT_TRUE(result) << result.error().text();
  EXPECT_EQ(floats(*result), (std::vector<float>{0, 0, 1}));
  EXPECT_FALSE(runner->run_node(graph, relu, {}));
  const auto wrong = runner->run_node(graph, relu, std::array{Tensor(DType::Float32, Shape{2, 3})});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().text(), "relu 'clipped': error: input 0 is given as f32 2x3, the node takes f32 1x3");
}

}  // namespace
}  // namespace netfit::interp
