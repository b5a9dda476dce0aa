// SPDX-License-Identifier: Apache-2.0
#include "train/augment.h"

#include <cmath>
#include <set>

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "train/parameters.h"

namespace netfit::train {
namespace {

constexpr std::int64_t kSide = 8;
constexpr std::int64_t kCount = 64;

// Pixels that tell their image, row and column apart.
data::Dataset numbered_images() {
  data::Dataset dataset;
  dataset.samples = Tensor(DType::UInt8, Shape{kCount, kSide, kSide, 3});
  std::uint8_t* pixel = dataset.samples.mutable_data<std::uint8_t>().data();
  for (std::int64_t image = 0; image < kCount; ++image) {
    for (std::int64_t row = 0; row < kSide; ++row) {
      for (std::int64_t column = 0; column < kSide; ++column) {
        *pixel++ = static_cast<std::uint8_t>(image + 1);
        *pixel++ = static_cast<std::uint8_t>(row + 1);
        *pixel++ = static_cast<std::uint8_t>(column + 1);
      }
    }
    dataset.labels.push_back(image % 4);
  }
  return dataset;
}

class Augmentation : public ::testing::Test {
 protected:
  Augmentation() { at::manual_seed(3); }

  Batch make(const AugmentationRecipe& recipe, double label_smoothing = 0) const {
    const Images images(dataset_, recipe.crop, at::kCPU);
    return Augmenter(recipe, label_smoothing, {}, 4, at::kCPU).make(images, at::arange(kCount, at::kLong));
  }

  at::Tensor plain() const { return to_torch(dataset_.samples, at::kCPU).to(at::kFloat); }

  data::Dataset dataset_ = numbered_images();
  AugmentationRecipe off_{.crop = 0, .flip = false};
};

TEST_F(Augmentation, SwitchedOffGivesTheImages) {
  const Batch batch = make(off_);
  EXPECT_TRUE(at::equal(batch.input, plain()));
  EXPECT_TRUE(at::equal(batch.targets.argmax(1), batch.labels));
  EXPECT_EQ(batch.targets.max().item<float>(), 1);
}

TEST_F(Augmentation, NormalizesAsTheRecordSays) {
  const Images images(dataset_, 0, at::kCPU);
  const ir::Preprocessing record{.scale = 0.5, .mean = {1, 2, 3}, .std = {2, 4, 8}};
  const Batch batch = Augmenter(off_, 0, record, 4, at::kCPU).make(images, at::arange(kCount, at::kLong));
  EXPECT_TRUE(at::allclose(batch.input, normalize(images.plain(at::arange(kCount, at::kLong)), record)));
  EXPECT_FLOAT_EQ(batch.input[4][2][7][2].item<float>(), (8 * 0.5F - 3) / 8);
}

TEST_F(Augmentation, CropMovesEachImageByItsOwnOffset) {
  AugmentationRecipe recipe = off_;
  recipe.crop = 2;
  const at::Tensor input = make(recipe).input;
  std::set<float> first_rows;
  for (std::int64_t image = 0; image < kCount; ++image) {
    const at::Tensor rows = input[image].select(2, 1).amax(1);  // a row's number, 0 in the frame
    const at::Tensor inside = rows.masked_select(rows > 0);
    EXPECT_GE(inside.size(0), kSide - 2);
    EXPECT_TRUE((inside.diff() == 1).all().item<bool>());
    first_rows.insert(rows[3].item<float>());
  }
  EXPECT_EQ(first_rows.size(), 5U);  // row 4 shifted by -2 to 2
}

TEST_F(Augmentation, FlipMirrorsHalfOfTheImages) {
  AugmentationRecipe recipe = off_;
  recipe.flip = true;
  const at::Tensor input = make(recipe).input;
  std::int64_t mirrored = 0;
  for (std::int64_t image = 0; image < kCount; ++image) {
    const bool as_it_was = at::equal(input[image], plain()[image]);
    EXPECT_TRUE(as_it_was || at::equal(input[image], plain()[image].flip(1)));
    mirrored += as_it_was ? 0 : 1;
  }
  EXPECT_NEAR(static_cast<double>(mirrored), kCount / 2.0, 16);
}

TEST_F(Augmentation, CutoutZeroesASquareThatMayLeaveTheImage) {
  AugmentationRecipe recipe = off_;
  recipe.cutout = 4;
  const at::Tensor zeros = make(recipe).input.select(3, 0).eq(0).sum({1, 2});
  EXPECT_EQ(zeros.max().item<std::int64_t>(), 16);
  EXPECT_GE(zeros.min().item<std::int64_t>(), 4);
  EXPECT_LT(zeros.min().item<std::int64_t>(), 16);
}

TEST_F(Augmentation, LabelSmoothingSharesTheTarget) {
  const Batch batch = make(off_, 0.2);
  EXPECT_FLOAT_EQ(batch.targets.max().item<float>(), 0.85F);
  EXPECT_FLOAT_EQ(batch.targets.min().item<float>(), 0.05F);
  EXPECT_TRUE(at::allclose(batch.targets.sum(1), at::ones({kCount})));
}

TEST_F(Augmentation, MixupBlendsNeighboursAndTheirTargets) {
  AugmentationRecipe recipe = off_;
  recipe.mixup = 1;
  const Batch batch = make(recipe);
  const at::Tensor own = batch.targets[5].max();  // image 5 is of class 1, its neighbour 4 of class 0
  const float part = batch.targets[5][1].item<float>();
  EXPECT_FLOAT_EQ(batch.targets[5][0].item<float>() + part, 1);
  EXPECT_TRUE(at::allclose(batch.input, at::lerp(plain().roll(1, 0), plain(), part)));
  EXPECT_GT(own.item<float>(), 0);
  EXPECT_LT(part, 1);
}

TEST_F(Augmentation, CutmixPastesAWindowAndCountsItsPixels) {
  AugmentationRecipe recipe = off_;
  recipe.cutmix = 1;
  const Batch batch = make(recipe);
  const at::Tensor kept = batch.input.eq(plain()).all(3).to(at::kFloat).mean({1, 2});
  EXPECT_TRUE(at::allclose(kept, kept[0].expand({kCount})));
  EXPECT_LT(kept[0].item<float>(), 1);
  EXPECT_NEAR(batch.targets[5][1].item<float>(), kept[0].item<float>(), 1e-6);
}

TEST_F(Augmentation, MixupAndCutmixTakeTurns) {
  AugmentationRecipe recipe = off_;
  recipe.mixup = recipe.cutmix = 1;
  bool blended = false;
  bool pasted = false;
  for (int i = 0; i < 20; ++i) {
    const at::Tensor input = make(recipe).input;
    const bool whole = input[5].select(2, 0).eq(input[5][0][0][0]).all().item<bool>();
    const bool fractional = input[5].frac().ne(0).any().item<bool>();
    blended = blended || fractional;
    pasted = pasted || (!whole && !fractional);
  }
  EXPECT_TRUE(blended);
  EXPECT_TRUE(pasted);
}

class PolicyOf : public ::testing::TestWithParam<Policy> {};

TEST_P(PolicyOf, ChangesMostImagesAndKeepsPixelsInRange) {
  at::manual_seed(1);
  const at::Tensor pixels = at::randint(256, {256, 16, 16, 3}, at::kFloat);
  const at::Tensor result = apply_policy(pixels, {.policy = GetParam()});
  const at::Tensor changed = result.ne(pixels).flatten(1).any(1).to(at::kFloat).mean();
  EXPECT_GT(changed.item<float>(), 0.6);
  EXPECT_LT(changed.item<float>(), 1.0);
  EXPECT_GE(result.min().item<float>(), 0);
  EXPECT_LE(result.max().item<float>(), 255.001);
  at::manual_seed(1);
  EXPECT_TRUE(at::equal(pixels, at::randint(256, {256, 16, 16, 3}, at::kFloat)));
  EXPECT_TRUE(at::equal(result, apply_policy(pixels, {.policy = GetParam()})));
}

INSTANTIATE_TEST_SUITE_P(Policies, PolicyOf, ::testing::Values(Policy::TrivialAugment, Policy::RandAugment));

TEST(RandAugment, GrowsWithItsMagnitude) {
  const at::Tensor pixels = at::randint(256, {256, 16, 16, 3}, at::kFloat);
  const auto change = [&](double magnitude) {
    at::manual_seed(1);
    const at::Tensor result =
        apply_policy(pixels, {.policy = Policy::RandAugment, .rand_augment_magnitude = magnitude});
    return (result - pixels).abs().mean().item<float>();
  };
  EXPECT_LT(change(2), change(15));
}

TEST(RandAugment, DoesAsManyOperationsAsAsked) {
  const at::Tensor pixels = at::randint(256, {512, 16, 16, 3}, at::kFloat);
  const auto untouched = [&](std::int64_t operations) {
    at::manual_seed(1);
    const at::Tensor result =
        apply_policy(pixels, {.policy = Policy::RandAugment, .rand_augment_operations = operations});
    return result.eq(pixels).flatten(1).all(1).to(at::kFloat).mean().item<double>();
  };
  // One of fourteen operations does nothing, and some do nothing to some images.
  const double once = untouched(1);
  EXPECT_GT(once, 0.04);
  EXPECT_NEAR(untouched(3), std::pow(once, 3), 0.02);
}

TEST(TrivialAugment, DrawsAStrengthForEachImage) {
  at::manual_seed(1);
  const at::Tensor pixels = at::full({2000, 8, 8, 3}, 100.0);
  const at::Tensor result = apply_policy(pixels, {.policy = Policy::TrivialAugment});
  // Brightness alone scales an even image to another even one: up to 1.99 times as bright, by many factors.
  const at::Tensor even = result.flatten(1).std(1, false) < 1e-3;
  const at::Tensor levels = result.flatten(1).select(1, 0).masked_select(even).round();
  EXPECT_GT(std::get<0>(at::_unique(levels)).size(0), 20);
  EXPECT_GT(levels.max().item<float>(), 190);
}

}  // namespace
}  // namespace netfit::train
