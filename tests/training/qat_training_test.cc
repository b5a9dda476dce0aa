// SPDX-License-Identifier: Apache-2.0
// What quantization-aware training holds still and what it leaves in the graph; what it does with a teacher.
#include <cmath>
#include <map>

#include "ir/ops.h"
#include "passes/pipelines.h"
#include "quant/quantize.h"
#include "tinted_training.h"
#include "train/distillation.h"
#include "train/initialize.h"
#include "train/rounding.h"

namespace netfit::whole_networks {
namespace {

class QatTraining : public Training {
 protected:
  QatTraining() {
    request_.recipe.validation = 0;
    request_.recipe.regularization.ema = 0;
    request_.graph = must(train::train(request_, base::no_progress())).graph;
    request_.checkpoint.clear();
    request_.recipe.optimizer.learning_rate = 0.02;
    request_.recipe.qat.scheme = train::QatScheme::Int8;
  }

  Tensor as_input(const ir::Graph& graph) const {
    return must(data::preprocess(data_.samples, graph.value(graph.inputs.front().value), request_.preprocessing));
  }

  ir::Graph train() { return must(train::train(request_, base::no_progress())).graph; }

  static std::map<std::string, ir::Interval> ranges_of(const ir::Graph& graph) {
    std::map<std::string, ir::Interval> ranges;
    for (const ir::ValueId id : graph.values()) {
      if (graph.value(id).range) ranges[graph.value(id).name] = *graph.value(id).range;
    }
    return ranges;
  }

  // The running mean of the first batch norm.
  static Tensor running_mean(const ir::Graph& graph) {
    for (const ir::NodeId id : graph.order()) {
      const ir::NodeView node(graph, graph.node(id));
      if (&node.op() == &ir::kBatchNorm) return *node.input(3).constant;
    }
    throw std::runtime_error("no batch norm");
  }
};

TEST_F(QatTraining, KeepsBatchNormsApartAndFreezesThemWhenAsked) {
  request_.recipe.qat.freeze_batch_norm = 0;
  EXPECT_EQ(running_mean(train()), running_mean(request_.graph));
  request_.recipe.qat.freeze_batch_norm = 0.5;
  EXPECT_NE(running_mean(train()), running_mean(request_.graph));
}

TEST_F(QatTraining, StopsWhileItEstimatesRanges) {
  request_.checkpoint = folder_ / "qat.safetensors";
  StopAfter at_once(0);
  const Result<train::TrainingResult> stopped = train::train(request_, at_once);
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().kind(), ErrorKind::Interrupted);
  EXPECT_FALSE(std::filesystem::exists(request_.checkpoint)) << "no step was made";
}

TEST_F(QatTraining, BeginsWithTheRangesThatQuantizeEstimates) {
  request_.recipe.qat.activation_ranges = train::RangeUpdate::Kept;
  const std::map<std::string, ir::Interval> ranges = ranges_of(train());
  ir::Graph graph = request_.graph;
  must(passes::optimize(graph));
  const auto executor = must(exec::create_fast_observable(graph, engine()));
  const Tensor input = as_input(graph);
  const quant::Ranges expected =
      must(quant::calibrate(graph, *executor, std::span(&input, 1), {}, base::no_progress()));
  std::size_t compared = 0;
  for (const auto& [id, range] : expected) {
    const auto found = ranges.find(graph.value(id).name);
    if (found == ranges.end()) continue;
    ++compared;
    const float width = range.high - range.low;
    EXPECT_NEAR(found->second.low, std::min(range.low, 0.0F), 0.02F * width) << found->first;
    EXPECT_NEAR(found->second.high, range.high, 0.02F * width) << found->first;
  }
  EXPECT_GT(compared, 4U);
}

class RangesThat : public QatTraining, public ::testing::WithParamInterface<train::RangeUpdate> {};

TEST_P(RangesThat, MoveStandStillOnceTheyAreFrozen) {
  request_.recipe.qat.activation_ranges = train::RangeUpdate::Kept;
  const std::map<std::string, ir::Interval> first = ranges_of(train());
  request_.recipe.qat.activation_ranges = GetParam();
  EXPECT_NE(ranges_of(train()), first);
  request_.recipe.qat.freeze_ranges = 0;
  EXPECT_EQ(ranges_of(train()), first);
}

INSTANTIATE_TEST_SUITE_P(Moving, RangesThat,
                         ::testing::Values(train::RangeUpdate::Learned, train::RangeUpdate::Observed));

TEST_F(QatTraining, LeavesKernelsOnTheGridOfTheirLearnedSteps) {
  request_.recipe.qat.scheme = train::QatScheme::Int4;
  const auto distance = [&] {
    ir::Graph graph = train();
    must(passes::optimize(graph));
    double largest = 0;
    for (const ir::NodeId id : graph.order()) {
      const ir::NodeView node(graph, graph.node(id));
      if (&node.op() != &ir::kConv2d) continue;
      const at::Tensor kernel = train::to_torch(*node.input(1).constant, at::kCPU);
      const at::Tensor rounded = train::round_kernel(kernel, train::QatScheme::Int4);
      largest = std::max(largest, ((rounded - kernel).abs().max() / kernel.abs().max()).item<double>());
    }
    return largest;
  };
  EXPECT_GT(distance(), 0.01);
  request_.recipe.qat.weight_steps = train::WeightSteps::Learned;
  EXPECT_LT(distance(), 1e-5);
}

// Random labels: only the teacher's maps say where to look.
class Attention : public QatTraining, public ::testing::WithParamInterface<train::QatScheme> {};

TEST_P(Attention, IsLearnedFromATeacherOfAnotherWidth) {
  request_.teacher = must(
      arch::build("blocks:stages=conv_c12_s2+conv_c24,resolution=8,classes=2", {.batch_norm = arch::BatchNorm::Kept}));
  train::initialize(*request_.teacher, 9);
  request_.recipe.qat.scheme = GetParam();
  request_.recipe.distillation = {.weight = 0, .features = 0};
  const auto distance = [&](const ir::Graph& student) {
    const train::FeaturePairs pairs = must(train::pair_features(student, *request_.teacher));
    const auto maps = [&](const ir::Graph& graph, const std::vector<ir::ValueId>& values) {
      const train::Network network = must(train::Network::create(graph));
      const train::Parameters parameters(network.graph(), network.layout(), at::kCPU, at::kFloat);
      return network.run(parameters, train::to_torch(as_input(graph), at::kCPU), {}, values).features;
    };
    return train::attention_distance(maps(student, pairs.student), maps(*request_.teacher, pairs.teacher))
        .item<double>();
  };
  const double without = distance(train());
  request_.recipe.distillation.features = 1000;
  EXPECT_LT(distance(train()), 0.7 * without);
}

INSTANTIATE_TEST_SUITE_P(With, Attention, ::testing::Values(train::QatScheme::None, train::QatScheme::Int8));

TEST_F(Training, SavesTheLastSoundWeightsWhenTheLossIsNoNumberAnyMore) {
  request_.recipe.validation = 0;
  std::int64_t saved = -1;
  request_.rescue = [&](const ir::Graph& graph, std::int64_t epoch) -> Result<std::string> {
    saved = epoch;
    EXPECT_GT(must(train::evaluate_top1(graph, tinted(256, 2), request_.preprocessing, "cpu")), 60);
    return "they are saved";
  };
  StopAfter in_second_epoch(20);
  ASSERT_FALSE(train::train(request_, in_second_epoch).has_value());
  const std::string checkpoint = must(base::read_text(request_.checkpoint));
  request_.resume = true;
  request_.recipe.optimizer.learning_rate = 1e18;
  const Result<train::TrainingResult> result = train::train(request_, base::no_progress());
  ASSERT_FALSE(result.has_value());
  const std::string text = result.error().text();
  EXPECT_NE(text.find("the loss is not a number in epoch 2, at a learning rate of"), std::string::npos) << text;
  EXPECT_NE(text.find("note: they are saved"), std::string::npos) << text;
  EXPECT_EQ(saved, 1);
  EXPECT_EQ(must(base::read_text(request_.checkpoint)), checkpoint);
}

}  // namespace
}  // namespace netfit::whole_networks
