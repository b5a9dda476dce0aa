// SPDX-License-Identifier: Apache-2.0
#include "eval/run_dataset.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

namespace netfit::eval {
namespace {

// Two outputs: the sum of each sample's elements, and the elements themselves.
class SumExecutor : public exec::Executor {
 public:
  Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Progress& progress) override {
    if (progress.stopped()) return base::interrupted();
    // Stages of the executor's own must not be mixed with the samples that are counted outside.
    progress.begin("inside", 1000);
    progress.advance(1000);
    const Tensor& input = inputs[0];
    const std::int64_t samples = input.shape()[0];
    chunks.push_back(samples);
    Tensor sums(DType::Float32, Shape{samples, 1});
    const std::span<const float> elements = input.data<float>();
    const auto each = elements.size() / static_cast<std::size_t>(samples);
    for (std::size_t i = 0; i < static_cast<std::size_t>(samples); ++i) {
      const auto sample = elements.subspan(i * each, each);
      sums.mutable_data<float>()[i] = std::accumulate(sample.begin(), sample.end(), 0.0F);
    }
    return std::vector<Tensor>{sums, input};
  }
  std::string name() const override { return "sum"; }

  std::vector<std::int64_t> chunks;
};

class CountingProgress : public Progress {
 public:
  void begin(std::string_view, std::int64_t steps) override { steps_begun = steps; }
  void advance(std::int64_t steps) override { steps_done += steps; }
  bool stopped() const override { return steps_done >= stop_at; }

  std::int64_t steps_begun = 0;
  std::int64_t steps_done = 0;
  std::int64_t stop_at = 1 << 20;
};

ir::Graph graph_with_inputs(int inputs, Shape shape) {
  ir::Graph graph;
  for (int i = 0; i < inputs; ++i) {
    graph.inputs.push_back({graph.add_value({.name = "x", .dtype = DType::Float32, .shape = shape})});
  }
  graph.outputs.resize(2);
  return graph;
}

// Sample i has the elements i and 1.
data::Dataset tensors(std::int64_t count) {
  std::vector<float> elements;
  for (std::int64_t i = 0; i < count; ++i) elements.insert(elements.end(), {static_cast<float>(i), 1.0F});
  return {.name = "numbers", .images = false, .samples = Tensor::from<float>(Shape{count, 2}, elements)};
}

TEST(RunDataset, JoinsTheOutputsOfAllChunksInOrder) {
  SumExecutor executor;
  CountingProgress progress;
  const data::Dataset dataset = tensors(1001);
  const RunOutputs run = run_dataset(executor, graph_with_inputs(1, {1, 2}), dataset, std::nullopt, progress).value();
  ASSERT_EQ(run.outputs.size(), 2U);
  ASSERT_EQ(run.outputs[0].shape(), (Shape{1001, 1}));
  for (std::size_t i = 0; i < 1001; ++i) ASSERT_EQ(run.outputs[0].data<float>()[i], static_cast<float>(i + 1));
  EXPECT_EQ(run.outputs[1], dataset.samples);
  EXPECT_GT(executor.chunks.size(), 1U);
  EXPECT_LE(*std::ranges::max_element(executor.chunks), 512);
  EXPECT_EQ(progress.steps_begun, 1001);
  EXPECT_EQ(progress.steps_done, 1001);
  EXPECT_GE(run.seconds, 0.0);
}

TEST(RunDataset, PreprocessesImages) {
  SumExecutor executor;
  const data::Dataset dataset{
      .name = "images",
      .samples = Tensor::from<std::uint8_t>(Shape{1, 1, 1, 3}, std::vector<std::uint8_t>{10, 20, 30})};
  const RunOutputs run = run_dataset(executor, graph_with_inputs(1, {1, 1, 1, 3}), dataset,
                                     ir::Preprocessing{.scale = 0.5F}, base::no_progress())
                             .value();
  EXPECT_EQ(run.outputs[0].data<float>()[0], 30.0F);
}

TEST(RunDataset, StopsBetweenChunks) {
  SumExecutor executor;
  CountingProgress progress;
  progress.stop_at = 32;
  const auto run = run_dataset(executor, graph_with_inputs(1, {1, 2}), tensors(1000), std::nullopt, progress);
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().kind(), ErrorKind::Interrupted);
  EXPECT_EQ(executor.chunks.size(), 1U);
}

TEST(RunDataset, RefusesGraphsWithSeveralInputs) {
  SumExecutor executor;
  const auto run = run_dataset(executor, graph_with_inputs(2, {1, 2}), tensors(3), std::nullopt, base::no_progress());
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().what(),
            "network has 2 inputs, but data set 'numbers' has one tensor a sample (allowed: 1 input)");
}

TEST(RunDataset, RefusesSamplesThatDoNotFit) {
  SumExecutor executor;
  const auto run = run_dataset(executor, graph_with_inputs(1, {1, 3}), tensors(3), std::nullopt, base::no_progress());
  ASSERT_FALSE(run.has_value());
  EXPECT_EQ(run.error().what(), "samples are [3,2], but input 'x' takes [n,3]");
  EXPECT_TRUE(executor.chunks.empty());
}

}  // namespace
}  // namespace netfit::eval
