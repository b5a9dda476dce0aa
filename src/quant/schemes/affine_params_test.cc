// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/affine_params.h"

#include <vector>

#include <gtest/gtest.h>

namespace netfit::quant {
namespace {

TEST(AsymmetricParams, CoverTheRangeWith255Steps) {
  const QuantParams params = asymmetric_params({-1.0F, 1.55F});
  EXPECT_FLOAT_EQ(params.scale(), 0.01F);
  EXPECT_EQ(params.zero_point(), -28);
}

TEST(AsymmetricParams, ReachZeroFromBothSides) {
  EXPECT_EQ(asymmetric_params({2.0F, 5.1F}), asymmetric_params({0.0F, 5.1F}));
  EXPECT_EQ(asymmetric_params({2.0F, 5.1F}).zero_point(), -128);
  EXPECT_EQ(asymmetric_params({-5.1F, -2.0F}).zero_point(), 127);
}

TEST(AsymmetricParams, OfPixelsAreOneAndMinus128) {
  EXPECT_EQ(asymmetric_params({0.0F, 255.0F}), QuantParams::per_tensor(1.0F, -128));
}

TEST(AsymmetricParams, OfNothingButZeroAreModerate) {
  EXPECT_FLOAT_EQ(asymmetric_params({0.0F, 0.0F}).scale(), 1.0F / 255);
}

TEST(SymmetricParams, CoverTheLargerSideWith32767Steps) {
  EXPECT_FLOAT_EQ(symmetric_params({-65.534F, 3.0F}).scale(), 0.002F);
  EXPECT_FLOAT_EQ(symmetric_params({0.0F, 65.534F}).scale(), 0.002F);
  EXPECT_EQ(symmetric_params({-2.0F, 3.0F}).zero_point(), 0);
  EXPECT_EQ(symmetric_params({0.0F, 0.0F}), QuantParams::per_tensor(1.0F / 32767, 0));
}

TEST(QuantizeTensor, RoundsAwayFromZeroAndSaturates) {
  const Tensor reals = Tensor::from(Shape{5}, std::vector<float>{0.25F, -0.25F, 0.2F, 100, -100});
  const Tensor integers = quantize_tensor(reals, QuantParams::per_tensor(0.5F, 3), DType::Int8);
  EXPECT_EQ(tensor::to_int64s(integers), (std::vector<std::int64_t>{4, 2, 3, 127, -128}));
  const Tensor wide = quantize_tensor(reals, QuantParams::per_tensor(0.001F, 0), DType::Int16);
  EXPECT_EQ(tensor::to_int64s(wide), (std::vector<std::int64_t>{250, -250, 200, 32767, -32768}));
}

}  // namespace
}  // namespace netfit::quant
