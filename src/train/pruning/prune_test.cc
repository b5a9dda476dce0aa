// SPDX-License-Identifier: Apache-2.0
#include "train/pruning/prune.h"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.h"
#include "support/graph_text.h"
#include "train/images.h"
#include "train/network.h"
#include "train/pruning/graph_size.h"
#include "train/pruning/remove_channels.h"
#include "train/pruning/taylor.h"
#include "train/trainer.h"

namespace netfit::train {
namespace {

const ir::Preprocessing kPixels{.scale = 1.0F / 255, .mean = {0.5F}, .std = {1}};

// Reddish images of class 0, bluish ones of class 1.
data::Dataset tinted(std::int64_t count) {
  data::Dataset dataset{.name = "tinted"};
  dataset.samples = Tensor(DType::UInt8, Shape{count, 4, 4, 3});
  base::Random random(1);
  std::uint8_t* pixel = dataset.samples.mutable_data<std::uint8_t>().data();
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t label = i % 2;
    for (int at = 0; at < 16 * 3; ++at) {
      *pixel++ = static_cast<std::uint8_t>((at % 3 == 2 * label ? 150 : 100) + random.integer(-60, 60));
    }
    dataset.labels.push_back(label);
  }
  return dataset;
}

// Of 16 channels, the odd ones see red and blue and are read; the even ones see green, weakly, and are read a little.
ir::Graph constructed() {
  ir::Graph graph = support::graph_of(R"(
    graph main(%x: f32[1,4,4,3]) -> (%y) {
      const @w: f32[16,1,1,3] = random(1)
      const @scale: f32[16] = random(2)
      const @shift: f32[16] = random(3)
      const @mean: f32[16] = random(4)
      const @variance: f32[16] = random(5)
      const @head: f32[2,16] = random(6)
      %a = conv2d(%x, @w)
      %b = batch_norm(%a, @scale, @shift, @mean, @variance) epsilon=0
      %m = mean(%b) axes=[1,2]
      %y = fully_connected(%m, @head)
    })");
  const auto set = [&](std::string_view name, auto element) {
    ir::Value& value = graph.value(*graph.find_value(name));
    const std::span<float> elements = value.constant->mutable_data<float>();
    for (std::size_t i = 0; i < elements.size(); ++i) elements[i] = static_cast<float>(element(i));
  };
  set("w", [](std::size_t i) {
    const std::size_t channel = i / 3;
    const std::size_t seen = channel % 2 == 0 ? 1 : channel % 4 == 1 ? 0 : 2;
    return i % 3 == seen ? 1.0 : 0.0;
  });
  set("scale", [](std::size_t channel) { return channel % 2 == 0 ? 0.05 : 1; });
  for (const char* zeros : {"shift", "mean"}) set(zeros, [](std::size_t) { return 0; });
  set("variance", [](std::size_t) { return 1; });
  set("head", [](std::size_t i) {
    const std::size_t channel = i % 16;
    const bool own = (channel % 4 == 1) == (i < 16);
    return channel % 2 == 0 ? 0.3 * (i < 16 ? 1 : -1) : own ? 1 : -1;
  });
  return graph;
}

class PruneChannels : public ::testing::TestWithParam<PruningCriterion> {
 protected:
  PruningRequest request() const {
    const ir::Graph graph = constructed();
    ChannelTarget target{.allowed = 0.6 * static_cast<double>(count_params(graph)), .multiple = 8};
    target.cost = [](const ir::Graph& g) -> Result<double> { return static_cast<double>(count_params(g)); };
    return {.graph = graph,
            .criterion = GetParam(),
            .target = target,
            .images = {.images = &data_, .preprocessing = kPixels}};
  }

  double top1(const ir::Graph& graph) const { return *evaluate_top1(graph, data_, kPixels, "cpu"); }

  data::Dataset data_ = tinted(128);
};

TEST_P(PruneChannels, KeepsWhatMatters) {
  const PruningRequest wanted = request();
  const ir::Graph pruned = *prune_channels(wanted, base::no_progress());
  EXPECT_LE(static_cast<double>(count_params(pruned)), wanted.target.allowed);
  EXPECT_EQ(pruned.value(*pruned.find_value("a")).shape, (Shape{1, 4, 4, 8}));
  EXPECT_GE(top1(wanted.graph), 95);
  EXPECT_GE(top1(pruned), 95);
  // The other half, which a criterion that is upside down would keep, knows nothing.
  const passes::ChannelStrands strands(wanted.graph, passes::StrandUse::Remove);
  std::vector<bool> odd(strands.count(), false);
  const auto own = strands.of(*wanted.graph.find_value("a"));
  for (std::size_t c = 1; c < own.size(); c += 2) odd[own[c]] = true;
  EXPECT_LE(top1(remove_channels(wanted.graph, strands, odd)), 70);
}

INSTANTIATE_TEST_SUITE_P(By, PruneChannels,
                         ::testing::Values(PruningCriterion::Taylor, PruningCriterion::BatchNorm,
                                           PruningCriterion::Magnitude));

double loss_of(const ir::Graph& graph, const data::Dataset& dataset) {
  const Network network = *Network::create(graph);
  const Parameters parameters(network.graph(), network.layout(), at::kCPU, at::kFloat);
  const Images images(dataset, 0, at::kCPU);
  const at::Tensor all = at::arange(images.count(), at::kLong);
  const at::Tensor logits = network.logits(parameters, normalize(images.plain(all), kPixels), {});
  return at::cross_entropy_loss(logits.to(at::kDouble), images.labels(all)).item<double>();
}

TEST(Taylor, IsTheSquaredSlopeOfTheLossAlongTheWeightsThatRead) {
  const data::Dataset one_batch = tinted(16);
  const ir::Graph graph = constructed();
  const passes::ChannelStrands strands(graph, passes::StrandUse::Remove);
  const Importance importance = *taylor_of_channels(graph, strands, one_batch, kPixels, "cpu", base::no_progress());
  const auto own = strands.of(*graph.find_value("a"));
  for (const std::size_t channel : {std::size_t{1}, std::size_t{4}, std::size_t{7}}) {
    const auto loss_at = [&](float factor) {
      ir::Graph moved = graph;
      Tensor& head = *moved.value(*moved.find_value("head")).constant;
      for (const std::size_t row : {0, 1}) head.mutable_data<float>()[row * 16 + channel] *= factor;
      return loss_of(moved, one_batch);
    };
    const double slope = (loss_at(1.05F) - loss_at(0.95F)) / 0.1;
    EXPECT_NEAR(std::sqrt(importance[own[channel]]), std::abs(slope), 0.01 * std::abs(slope)) << channel;
  }
}

TEST(PruneChannelsErrors, NameWhatIsWrong) {
  const data::Dataset other = [] {
    data::Dataset dataset = tinted(8);
    dataset.labels[3] = 7;
    return dataset;
  }();
  PruningRequest request{.graph = constructed(), .images = {.images = &other, .preprocessing = kPixels}};
  const auto fault = [&] {
    const Result<ir::Graph> result = prune_channels(request, base::no_progress());
    return result ? std::string() : result.error().text();
  };
  EXPECT_EQ(fault(), "error: 'tinted' has the label 7, the network 2 classes");
  request.images.images = nullptr;
  EXPECT_EQ(fault(), "error: the criterion taylor needs training images");
}

}  // namespace
}  // namespace netfit::train
