// SPDX-License-Identifier: Apache-2.0
// Trainings from begin to end on small made-up images, and one on CIFAR-10 where it lies.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "base/files.h"
#include "data/cifar10.h"
#include "data/preprocess.h"
#include "support/paths.h"
#include "tinted_training.h"
#include "train/initialize.h"
#include "train/network.h"
#include "train/pruning/sparsity.h"

namespace netfit::whole_networks {
namespace {

TEST_F(Training, LearnsWhatTheLabelsSay) {
  const train::TrainingResult result = must(train::train(request_, base::no_progress()));
  const data::Dataset unseen = tinted(512, 2);
  EXPECT_GT(must(train::evaluate_top1(result.graph, unseen, request_.preprocessing, "cpu")), 95);
  ASSERT_EQ(epochs_.size(), 3U);
  EXPECT_LT(epochs_[2].loss, epochs_[0].loss);
  EXPECT_GT(epochs_[2].train_top1, epochs_[0].train_top1);
  EXPECT_TRUE(epochs_[2].validation_top1.has_value());
}

TEST_F(Training, GivesTheSameWeightsForTheSameSeedOnly) {
  const std::string first = trained();
  EXPECT_EQ(first, trained());
  request_.recipe.seed = 6;
  EXPECT_NE(first, trained());
}

// 14 steps an epoch: within the first, at the end of one, and in the last.
class ResumedTraining : public Training, public ::testing::WithParamInterface<std::int64_t> {};

TEST_P(ResumedTraining, EndsWithTheWeightsOfOneThatWasNotStopped) {
  const std::string whole = trained();
  std::filesystem::remove(request_.checkpoint);
  const std::vector<train::EpochResult> expected = std::exchange(epochs_, {});
  StopAfter stop(GetParam());
  const Result<train::TrainingResult> stopped = train::train(request_, stop);
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().kind(), ErrorKind::Interrupted);
  request_.resume = true;
  EXPECT_EQ(trained(), whole);
  ASSERT_EQ(epochs_.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(epochs_[i].epoch, expected[i].epoch);
    EXPECT_EQ(epochs_[i].loss, expected[i].loss);
    EXPECT_EQ(epochs_[i].validation_top1, expected[i].validation_top1);
  }
}

// An epoch has 14 steps.
INSTANTIATE_TEST_SUITE_P(After, ResumedTraining, ::testing::Values(1, 9, 13, 14, 15, 30, 41, 42));

TEST_F(Training, RefusesTheCheckpointOfAnother) {
  trained();
  request_.resume = true;
  request_.name = "another";
  const Result<train::TrainingResult> result = train::train(request_, base::no_progress());
  ASSERT_FALSE(result.has_value());
  EXPECT_NE(result.error().text().find("checkpoint of another training"), std::string::npos) << result.error().text();
}

TEST_F(Training, RefusesADamagedCheckpoint) {
  trained();
  request_.resume = true;
  const std::string good = must(base::read_text(request_.checkpoint));
  for (const std::size_t length : {std::size_t{0}, std::size_t{5}, std::size_t{200}, good.size() - 1}) {
    must(base::write_file(request_.checkpoint, good.substr(0, length)).map([] { return 0; }));
    EXPECT_FALSE(train::train(request_, base::no_progress()).has_value()) << length;
  }
}

TEST_F(Training, AveragesWeightsIfAsked) {
  const std::string averaged = trained();
  request_.recipe.regularization.ema = 0;
  EXPECT_NE(averaged, trained());
}

// One step an epoch, so that a snapshot shows the weights after each step.
TEST_F(Training, AveragesEveryStepWithTheSameWeight) {
  request_.recipe.validation = 0;
  request_.recipe.schedule = {.epochs = 3, .batch = data_.count(), .warm_up_epochs = 0};
  train::initialize(request_.graph, 3);
  const auto floats = [](const ir::Graph& graph) {
    std::vector<float> all;
    for (const ir::ValueId id : graph.values()) {
      if (!graph.value(id).is_constant()) continue;
      const auto data = graph.value(id).constant->data<float>();
      all.insert(all.end(), data.begin(), data.end());
    }
    return all;
  };
  const auto result = [&] { return floats(must(train::train(request_, base::no_progress())).graph); };
  std::vector<std::vector<float>> steps{floats(request_.graph)};
  for (const std::int64_t epoch : {1, 2}) {
    request_.snapshot = {.epoch = epoch, .take = [&](const ir::Graph& graph) -> Result<void> {
                           steps.push_back(floats(graph));
                           return {};
                         }};
    must(train::train(request_, base::no_progress()));
  }
  request_.snapshot = {};
  request_.recipe.regularization.ema = 0;
  steps.push_back(result());
  request_.recipe.regularization.ema = 0.7;
  const std::vector<float> averaged = result();
  ASSERT_EQ(steps.size(), 4U);
  for (std::size_t i = 0; i < averaged.size(); ++i) {
    float wanted = steps[0][i];
    for (std::size_t step = 1; step < 4; ++step) wanted = 0.7F * wanted + 0.3F * steps[step][i];
    ASSERT_NEAR(averaged[i], wanted, 1e-4 * (1 + std::abs(wanted))) << i;
  }
}

TEST_F(Training, KeepsTheBestEpochOfTheHeldOutImages) {
  request_.recipe.schedule.epochs = 6;
  request_.recipe.optimizer.learning_rate = 3;  // far too high, so that epochs differ
  const train::TrainingResult result = must(train::train(request_, base::no_progress()));
  const auto best = std::ranges::max_element(epochs_, {}, [](const auto& epoch) { return *epoch.validation_top1; });
  EXPECT_EQ(result.epoch, best->epoch);
}

// Labels are drawn by lot: only the teacher knows.
TEST_F(Training, LearnsFromATeacher) {
  const ir::Graph teacher = must(train::train(request_, base::no_progress())).graph;
  base::Random random(3);
  for (std::int64_t& label : data_.labels) label = random.integer(0, 1);
  const data::Dataset unseen = tinted(512, 2);
  const auto top1 = [&] {
    const train::TrainingResult result = must(train::train(request_, base::no_progress()));
    return must(train::evaluate_top1(result.graph, unseen, request_.preprocessing, "cpu"));
  };
  request_.recipe.validation = 0;
  EXPECT_LT(top1(), 80);
  request_.teacher = teacher;
  request_.recipe.distillation.weight = 1;
  EXPECT_GT(top1(), 95);
}

TEST_F(Training, GoesOnFromTheWeightsOfItsGraph) {
  request_.graph = must(train::train(request_, base::no_progress())).graph;
  epochs_.clear();
  request_.recipe.schedule.epochs = 1;
  request_.recipe.optimizer.learning_rate = 1e-4;
  must(train::train(request_, base::no_progress()));
  EXPECT_GT(epochs_.front().train_top1, 90);
}

// By every optimizer, each of which remembers something else.
class SparseTraining : public Training, public ::testing::WithParamInterface<train::OptimizerKind> {};

TEST_P(SparseTraining, KeepsZerosIfAskedAndOnlyThen) {
  train::initialize(request_.graph, 3);
  request_.graph = train::sparsified(request_.graph, 0.5);
  request_.recipe.optimizer = {.kind = GetParam(), .learning_rate = 0.01};
  request_.recipe.schedule.epochs = 1;
  const auto now = [&] { return train::sparsity_of(must(train::train(request_, base::no_progress())).graph); };
  EXPECT_LT(now(), 0.1);
  request_.recipe.keep_zeros = true;
  EXPECT_EQ(now(), train::sparsity_of(request_.graph));
}

INSTANTIATE_TEST_SUITE_P(By, SparseTraining,
                         ::testing::Values(train::OptimizerKind::Sgd, train::OptimizerKind::AdamW,
                                           train::OptimizerKind::Muon));

TEST_F(Training, GoesOnFromASnapshotAsIfItHadBegunThere) {
  request_.recipe.validation = 0;
  request_.recipe.optimizer.momentum = 0;  // which a snapshot does not hold
  request_.recipe.regularization.ema = 0;
  request_.recipe.augmentation = {.crop = 0, .flip = false};  // nor does it hold the generator
  std::optional<ir::Graph> snapshot;
  request_.snapshot = {.epoch = 2, .take = [&](const ir::Graph& graph) -> Result<void> {
                         snapshot = graph;
                         return {};
                       }};
  const std::string whole = trained();
  ASSERT_TRUE(snapshot.has_value());
  request_.graph = *snapshot;
  request_.first_epoch = 2;
  request_.snapshot = {};
  epochs_.clear();
  EXPECT_EQ(trained(), whole);
  ASSERT_EQ(epochs_.size(), 1U);
  EXPECT_EQ(epochs_.front().epoch, 3);
}

TEST_F(Training, NamesWhatDoesNotFit) {
  const auto fault = [&] {
    const Result<train::TrainingResult> result = train::train(request_, base::no_progress());
    return result ? std::string() : result.error().text();
  };
  request_.recipe.validation = 500;
  EXPECT_NE(fault().find("do not fill a batch of 32"), std::string::npos) << fault();
  request_.recipe.validation = 0;
  data_.labels[7] = 2;
  EXPECT_NE(fault().find("has the label 2, the network 2 classes"), std::string::npos) << fault();
  data_.labels.clear();
  EXPECT_NE(fault().find("no images with labels"), std::string::npos) << fault();
  data_ = tinted(64, 1);
  request_.recipe.arithmetic = train::Arithmetic::Float16;
  EXPECT_NE(fault().find("needs a GPU"), std::string::npos) << fault();
  request_.recipe.arithmetic = train::Arithmetic::Float32;
  request_.device = "tpu";
  EXPECT_NE(fault().find("unknown device 'tpu'"), std::string::npos) << fault();
  request_.device = "cpu";
  request_.graph =
      must(arch::build("blocks:stages=conv_c8,resolution=16,classes=2", {.batch_norm = arch::BatchNorm::Kept}));
  EXPECT_NE(fault().find("has images of 1x8x8x3, the network takes 1x16x16x3"), std::string::npos) << fault();
}

// A tenth of the training images, three epochs: some ten seconds on two cores.
TEST(TrainingOnCifar10, LearnsInSeconds) {
  const auto folder = support::cifar10();
  if (!folder) GTEST_SKIP() << "no CIFAR-10 in build/cifar10";
  const data::Dataset images = must(data::load_cifar10(*folder, data::Split::Train, 5000));
  train::TrainingRequest request{.recipe = {.schedule = {.epochs = 3, .batch = 64, .warm_up_epochs = 0.5},
                                            .optimizer = {.learning_rate = 0.2},
                                            .augmentation = {.crop = 2},
                                            .validation = 0},
                                 .train = &images,
                                 .preprocessing = must(data::load_preprocessing("cifar10")),
                                 .threads = 2};
  request.graph =
      must(arch::build("blocks:stages=conv_c16_s2+ir_e3_c24_s2_n2+conv_k1_c96", {.batch_norm = arch::BatchNorm::Kept}));
  const train::TrainingResult result = must(train::train(request, base::no_progress()));
  const data::Dataset test = must(data::load_cifar10(*folder, data::Split::Test, std::nullopt));
  EXPECT_GT(must(train::evaluate_top1(result.graph, test, request.preprocessing, "cpu")), 39);
}

}  // namespace
}  // namespace netfit::whole_networks
