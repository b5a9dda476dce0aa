// SPDX-License-Identifier: Apache-2.0
#include "passes/catalog.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/progress.h"
#include "interp/interpreter.h"
#include "ir/builder.h"
#include "ir/ops.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/pipelines.h"
#include "support/random_graph.h"
#include "tensor/half.h"

namespace netfit {
namespace {

constexpr std::uint64_t kGraphs = 250;
constexpr std::int64_t kSamples = 2;

// Passes that move, drop or rename computations but do each one as before: outputs are equal to the last bit.
constexpr std::array<std::string_view, 5> kExact{"eliminate-dead-nodes", "eliminate-identities", "fold-constants",
                                                 "fuse-activation", "fuse-pad"};

// As the file has it: [n,c,h,w] for an input or output that is channels-first there.
Tensor as_in_file(const Tensor& tensor, ir::Layout layout) {
  if (layout == ir::Layout::ChannelsLast) return tensor;
  return tensor::transpose(tensor, std::array{0, 3, 1, 2});
}

std::vector<Tensor> file_outputs(const ir::Graph& graph, std::uint64_t seed) {
  std::vector<Tensor> inputs;
  for (const ir::GraphInput& input : graph.inputs) {
    const Shape& shape = graph.value(input.value).shape;
    const bool swapped = input.layout == ir::Layout::ChannelsFirst;
    const Shape in_file = swapped ? Shape{kSamples, shape[3], shape[1], shape[2]} : shape.with_dim(0, kSamples);
    const Tensor samples = support::random_tensor(seed, graph.value(input.value).dtype, in_file);
    inputs.push_back(swapped ? tensor::transpose(samples, std::array{0, 2, 3, 1}) : samples);
  }
  auto interpreter = interp::create_interpreter(graph, {});
  EXPECT_TRUE(interpreter.has_value()) << (interpreter ? "" : interpreter.error().text());
  if (!interpreter) return {};
  auto outputs = (*interpreter)->run(inputs, base::no_progress());
  EXPECT_TRUE(outputs.has_value()) << (outputs ? "" : outputs.error().text());
  if (!outputs) return {};
  for (std::size_t i = 0; i < outputs->size(); ++i) {
    (*outputs)[i] = as_in_file((*outputs)[i], graph.outputs[i].layout);
  }
  return *outputs;
}

std::vector<std::string> output_names(const ir::Graph& graph) {
  std::vector<std::string> names;
  for (const ir::GraphOutput& output : graph.outputs) names.push_back(graph.value(output.value).name);
  return names;
}

void expect_close(const Tensor& actual, const Tensor& expected, double tolerance) {
  ASSERT_EQ(actual.shape(), expected.shape());
  const std::vector<double> a = tensor::to_doubles(actual);
  const std::vector<double> b = tensor::to_doubles(expected);
  double largest = 1.0;
  for (const double element : b) largest = std::max(largest, std::fabs(element));
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_LE(std::fabs(a[i] - b[i]), tolerance * largest);
}

void expect_same_function(const ir::Graph& changed, const ir::Graph& graph, std::uint64_t seed, double tolerance) {
  const Result<void> valid = ir::verify(changed);
  ASSERT_TRUE(valid.has_value()) << valid.error().text();
  EXPECT_EQ(output_names(changed), output_names(graph));
  const std::vector<Tensor> expected = file_outputs(graph, seed);
  const std::vector<Tensor> actual = file_outputs(changed, seed);
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) expect_close(actual[i], expected[i], tolerance);
}

// x * hard_sigmoid(x), as exporters write a hard swish, becomes an output.
void add_written_out_swish(ir::Graph& graph, ir::ValueId value, const std::string& name) {
  ir::Builder builder(graph);
  const auto gate = builder.add(ir::kHardSigmoid, {value}, {}, name + "_gate");
  const auto product = builder.add(ir::kMul, {value, *gate}, {}, name);
  builder.output(*product);
}

// The first layer whose weights can lie in half precision, as files with float16 weights store them. Those hold no
// batch norm, so nothing looks for its statistics behind a widening.
void store_a_layer_in_half(ir::Graph& graph) {
  for (const ir::NodeId id : graph.order()) {
    const ir::ValueId last = graph.node(id).inputs.back();
    if (graph.node(id).op == &ir::kBatchNorm || !last.valid() || !graph.value(last).is_constant()) continue;
    const Tensor full = *graph.value(last).constant;
    Tensor half(DType::Float16, full.shape());
    std::ranges::transform(full.data<float>(), half.mutable_data<tensor::Half>().begin(), tensor::to_half);
    const ir::ValueId stored = graph.add_constant("half", half);
    const auto attrs = ir::Attrs::of(ir::RequantizeAttrs{DType::Float32});
    graph.node(id).inputs.back() = *ir::Builder(graph).insert(id, ir::kRequantize, {stored}, attrs, "half_wide");
    return;
  }
}

// Between an input and the first layer that reads it, without a shift, so that the layer may pad.
void put_a_norm_before_a_layer(ir::Graph& graph) {
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView layer(graph, graph.node(id));
    const ir::ValueId data = graph.node(id).inputs[0];
    if (layer.op().macs == nullptr || data != graph.inputs.front().value) continue;
    const Shape channels{layer.input(0).shape.dim(-1)};
    const auto constant = [&](const std::string& name, float element) {
      const std::vector<float> elements(static_cast<std::size_t>(channels.element_count()), element);
      return graph.add_constant(name, Tensor::from(channels, elements));
    };
    const std::vector<ir::ValueId> inputs{data, constant("norm_scale", 1.5F), constant("norm_shift", 0.0F),
                                          constant("norm_mean", 0.0F), constant("norm_variance", 2.0F)};
    const auto attrs = ir::Attrs::of(ir::BatchNormAttrs{});
    graph.node(id).inputs[0] = *ir::Builder(graph).insert(id, ir::kBatchNorm, inputs, attrs, "norm_before");
    return;
  }
}

// Adds what files hold beside the network proper: nodes that nothing reads, and constants that are still computed.
ir::Graph littered_graph(std::uint64_t seed) {
  ir::Graph graph = support::random_graph(seed);
  const std::vector<ir::NodeId> order(graph.order().begin(), graph.order().end());
  for (std::size_t i = seed % 3; i < order.size(); i += 3) {
    ir::Builder builder(graph);
    const std::string name = "litter" + std::to_string(i);
    EXPECT_TRUE(builder.insert(order[i], ir::kRelu, {graph.node(order[i]).inputs[0]}, {}, name));
    const ir::ValueId last = graph.node(order[i]).inputs.back();
    if (!last.valid() || !graph.value(last).is_constant()) continue;
    Tensor halves = *graph.value(last).constant;
    for (float& element : halves.mutable_data<float>()) element *= 0.5F;
    const Shape shape = halves.shape();
    const ir::ValueId flat = graph.add_constant(name + "_flat", halves.reshaped(Shape{shape.element_count()}));
    const ir::ReshapeAttrs attrs{.shape = {shape.dims().begin(), shape.dims().end()}};
    const auto half = builder.insert(order[i], ir::kReshape, {flat}, ir::Attrs::of(attrs), name + "_half");
    const auto whole = builder.insert(order[i], ir::kAdd, {*half, *half}, {}, name + "_whole");
    graph.node(order[i]).inputs.back() = *whole;
  }
  if (seed % 2 == 1) put_a_norm_before_a_layer(graph);
  if (seed % 3 == 0) store_a_layer_in_half(graph);
  if (seed % 4 == 0) add_written_out_swish(graph, graph.node(order.back()).outputs[0], "swish");
  return graph;
}

class EveryPass : public testing::TestWithParam<passes::PassSpec> {};

TEST_P(EveryPass, KeepsTheFunctionOfRandomGraphs) {
  const passes::PassSpec& pass = GetParam();
  const double tolerance = std::ranges::find(kExact, pass.name) != kExact.end() ? 0.0 : 1e-5;
  std::int64_t changed_graphs = 0;
  for (std::uint64_t seed = 0; seed < kGraphs; ++seed) {
    const ir::Graph graph = littered_graph(seed);
    ir::Graph changed = graph;
    const Result<passes::Change> change = pass.run(changed);
    ASSERT_TRUE(change.has_value()) << change.error().text();
    const std::string text = ir::print(changed);
    EXPECT_EQ(*change == passes::Change::Made, text != ir::print(graph));
    if (*change == passes::Change::Made) ++changed_graphs;
    expect_same_function(changed, graph, seed, tolerance);

    const Result<passes::Change> again = pass.run(changed);
    ASSERT_TRUE(again.has_value());
    if (pass.idempotent == passes::Idempotent::Yes) {
      EXPECT_EQ(*again, passes::Change::None);
      EXPECT_EQ(ir::print(changed), text);
    }
    if (HasFailure()) FAIL() << "graph of seed " << seed << "\n" << ir::print(graph, ir::Constants::Elided);
  }
  // Graphs that never hold what the pass looks for would prove nothing.
  EXPECT_GE(changed_graphs, 10);
}

std::string test_name(const testing::TestParamInfo<passes::PassSpec>& info) {
  std::string name(info.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Catalog, EveryPass, testing::ValuesIn(passes::catalog().begin(), passes::catalog().end()),
                         test_name);

std::int64_t count_ops(const ir::Graph& graph, std::string_view op) {
  return std::ranges::count_if(graph.order(), [&](ir::NodeId id) { return graph.node(id).op->name == op; });
}

TEST(Pipelines, KeepTheFunctionOfRandomGraphs) {
  for (std::uint64_t seed = 0; seed < kGraphs; ++seed) {
    const ir::Graph graph = littered_graph(seed);
    ir::Graph changed = graph;
    ASSERT_TRUE(passes::canonicalize(changed));
    expect_same_function(changed, graph, seed, 1e-5);
    ASSERT_TRUE(passes::optimize(changed));
    expect_same_function(changed, graph, seed, 1e-5);
    EXPECT_EQ(count_ops(changed, "batch_norm"), 0);
    EXPECT_EQ(count_ops(changed, "hard_sigmoid"), 0);
    if (HasFailure()) FAIL() << "graph of seed " << seed << "\n" << ir::print(graph, ir::Constants::Elided);
  }
}

}  // namespace
}  // namespace netfit
