// SPDX-License-Identifier: Apache-2.0
#include "train/distillation.h"

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "ir/parser.h"
#include "train/testing_network.h"

namespace netfit::train {
namespace {

ir::Graph graph_of(std::string_view text) {
  Result<ir::Graph> graph = ir::parse(text);
  if (!graph) throw std::runtime_error(graph.error().text());
  return *std::move(graph);
}

TEST(PairFeatures, TakesTheLastOfEachSizeThatBothHave) {
  const ir::Graph wide = graph_of(R"(
graph wide(%x: f32[1,16,16,3]) -> (%f) weights=absent {
  const @k1: f32[32,1,1,3]
  const @k2: f32[32,1,1,32]
  %a = conv2d(%x, @k1) stride=2x2
  %b = relu(%a)
  %c = conv2d(%b, @k2) stride=2x2
  %d = relu(%c)
  %f = mean(%d) axes=[1,2]
}
)");
  const ir::Graph narrow = testing_graph();  // maps of 4x4 alone, behind an input of 8x8
  const FeaturePairs pairs = pair_features(narrow, wide).value();
  ASSERT_EQ(pairs.student.size(), 1U);
  EXPECT_EQ(narrow.value(pairs.student[0]).name, "e");
  EXPECT_EQ(wide.value(pairs.teacher[0]).name, "d");
}

TEST(PairFeatures, SaysWhatThereIsWhereNothingFits) {
  const ir::Graph other = graph_of(R"(
graph other(%x: f32[1,6,6,3]) -> (%f) {
  %a = relu(%x)
  %f = mean(%a) axes=[1,2]
}
)");
  const Result<FeaturePairs> pairs = pair_features(testing_graph(), other);
  ASSERT_FALSE(pairs.has_value());
  EXPECT_NE(pairs.error().text().find("the network has 4x4, the teacher 6x6"), std::string::npos)
      << pairs.error().text();
}

TEST(AttentionDistance, SeesWhereAndNotHowWideOrHowMuch) {
  at::manual_seed(1);
  const at::Tensor places = at::rand({2, 4, 4, 1});
  const at::Tensor narrow = places.expand({2, 4, 4, 3}).contiguous();
  const at::Tensor wide = -7 * places.expand({2, 4, 4, 16}).contiguous();
  EXPECT_NEAR(attention_distance({narrow}, {wide}).item<float>(), 0, 1e-9);
  const at::Tensor moved = wide.roll(1, 1);
  const float distance = attention_distance({narrow}, {moved}).item<float>();
  EXPECT_GT(distance, 1e-4);
  EXPECT_FLOAT_EQ(attention_distance({narrow, narrow}, {moved, moved}).item<float>(), 2 * distance);
}

TEST(DistillationLoss, WeighsLabelsLogitsAndFeatures) {
  at::manual_seed(1);
  const Outputs student{at::randn({4, 3}), {at::rand({4, 2, 2, 5})}};
  const Outputs teacher{at::randn({4, 3}), {at::rand({4, 2, 2, 9})}};
  const at::Tensor targets = at::softmax(at::randn({4, 3}), 1);
  const auto loss = [&](const DistillationRecipe& recipe) {
    return distillation_loss(student, teacher, targets, recipe).item<float>();
  };
  const float labels = cross_entropy(student.logits, targets).item<float>();
  const float logits = logits_distance(student.logits, teacher.logits, 2).item<float>();
  const float features = attention_distance(student.features, teacher.features).item<float>();
  EXPECT_FLOAT_EQ(loss({.temperature = 2, .weight = 0}), labels);
  EXPECT_FLOAT_EQ(loss({.temperature = 2, .weight = 1}), logits);
  EXPECT_FLOAT_EQ(loss({.temperature = 2, .weight = 0.25, .features = 10}),
                  0.75F * labels + 0.25F * logits + 10 * features);
}

}  // namespace
}  // namespace netfit::train
