// SPDX-License-Identifier: Apache-2.0
#include "diagnose/compare.h"

#include <limits>
#include <map>

#include <gtest/gtest.h>

#include "diagnose/testing_network.h"
#include "quant/quantize.h"
#include "support/graph_text.h"
#include "support/random_tensor.h"

namespace netfit::diagnose {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// More than one chunk, and no whole number of them.
const Tensor& samples() {
  static const Tensor tensor = support::random_tensor(5, DType::Float32, Shape{70, 8, 8, 3});
  return tensor;
}

template <typename T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().text());
  return *std::move(result);
}

ir::Graph quantized(const ir::Graph& graph) {
  const auto executor = must(exec::create_fast_observable(graph, {}));
  const quant::Ranges ranges = must(quant::calibrate(
      graph, *executor, std::array{samples()}, {.estimator = quant::RangeEstimator::MinMax}, base::no_progress()));
  return must(quant::quantize_int8(graph, ranges, {.io = quant::Io::Float32}));
}

std::map<std::string, TensorComparison> compare(const ir::Graph& a, const ir::Graph& b) {
  const GraphComparison comparison =
      must(compare_graphs({a, {samples()}}, {b, {samples()}}, {.options = {.threads = 2}}, base::no_progress()));
  std::map<std::string, TensorComparison> by_name;
  for (const TensorComparison& tensor : comparison.tensors) by_name.emplace(tensor.b, tensor);
  return by_name;
}

TEST(CompareGraphs, AGraphDiffersInNothingFromItself) {
  const ir::Graph graph = support::graph_of(kNetwork);
  const auto tensors = compare(graph, graph);
  EXPECT_EQ(tensors.size(), 7U);
  for (const auto& [name, tensor] : tensors) {
    EXPECT_EQ(tensor.accumulated.sqnr_db, kInfinity) << name;
    EXPECT_EQ(tensor.single.has_value(), name != "x") << name;
    if (tensor.single) EXPECT_EQ(tensor.single->sqnr_db, kInfinity) << name;
    if (tensor.weights) EXPECT_EQ(tensor.weights->sqnr_db, kInfinity) << name;
  }
  EXPECT_TRUE(tensors.at("d").weights.has_value());
  EXPECT_FALSE(tensors.at("s").weights.has_value());
}

TEST(CompareGraphs, FindsTheErrorOfEachNodeAndWhatAddsUp) {
  const ir::Graph graph = support::graph_of(kNetwork);
  const auto tensors = compare(graph, quantized(graph));
  ASSERT_TRUE(tensors.contains("p"));
  for (const auto& [name, tensor] : tensors) {
    if (!tensor.single || tensor.single->sqnr_db == kInfinity) continue;
    EXPECT_GT(tensor.single->sqnr_db, 30.0) << name;
    EXPECT_GT(tensor.single->sqnr_db, tensor.accumulated.sqnr_db - 1.0) << name;
  }
  EXPECT_GT(tensors.at("p").single->sqnr_db, tensors.at("p").accumulated.sqnr_db);
  EXPECT_EQ(tensors.at("d").weights->channels.size(), 8U);
  EXPECT_NEAR(tensors.at("d").weights->sqnr_db, 45.0, 6.0);
  EXPECT_NEAR(*tensors.at("p").accumulated.range_ratio, 1.0, 0.05);
}

TEST(CompareGraphs, TheNodeThatIsAtFaultIsTheOneWithTheErrorOfItsOwn) {
  const ir::Graph graph = support::graph_of(kNetwork);
  ir::Graph broken = quantized(graph);
  ir::Value& p = broken.value(*broken.find_value("p"));
  p.quant = QuantParams::per_tensor(p.quant->scale() / 20.0F, p.quant->zero_point());
  const auto tensors = compare(graph, broken);
  EXPECT_LT(tensors.at("p").single->sqnr_db, 5.0);
  EXPECT_GT(tensors.at("p").single->saturation_percent, 50.0);
  EXPECT_LT(*tensors.at("p").accumulated.range_ratio, 0.1);
  // The sum reads what p's integers can hold; from there on all is well but for what came before.
  EXPECT_LT(tensors.at("s").single->sqnr_db, 12.0);
  EXPECT_GT(tensors.at("m").single->sqnr_db, 30.0);
  EXPECT_LT(tensors.at("m").accumulated.sqnr_db, 12.0);
  EXPECT_GT(tensors.at("d").accumulated.sqnr_db, 25.0);
}

TEST(CompareGraphs, ListsWhatHasNoPartner) {
  const ir::Graph a = support::graph_of(R"(
graph main(%x: f32[1,8,8,3]) -> (%c) {
  const @w1: f32[8,3,3,3] = random(1)
  %c = conv2d(%x, @w1)
})");
  const ir::Graph b = support::graph_of(R"(
graph main(%x: f32[1,8,8,3]) -> (%q) {
  const @w1: f32[8,3,3,3] = random(1)
  %c = conv2d(%x, @w1)
  %q = softmax(%c)
})");
  const GraphComparison comparison = must(compare_graphs({a, {samples()}}, {b, {samples()}}, {}, base::no_progress()));
  EXPECT_EQ(comparison.tensors.size(), 2U);
  EXPECT_EQ(comparison.unmatched, std::vector<std::string>{"softmax 'q'"});
}

TEST(CompareWeights, NamesTheWorstChannel) {
  const ir::Graph graph = support::graph_of(kNetwork);
  const ir::NodeView depthwise(graph, graph.node(graph.order()[1]));
  const Tensor weights = *depthwise.input(1).constant;
  Tensor changed = weights;
  for (std::size_t i = 5; i < 72; i += 8) changed.mutable_data<float>()[i] *= 1.1F;
  const WeightComparison comparison = compare_weights(depthwise, weights, changed);
  EXPECT_EQ(comparison.worst_channel, 5);
  EXPECT_NEAR(comparison.channels[5], 20.0, 1e-3);
  EXPECT_EQ(comparison.channels[4], kInfinity);
  EXPECT_GT(comparison.sqnr_db, 20.0);
}

}  // namespace
}  // namespace netfit::diagnose
