// SPDX-License-Identifier: Apache-2.0
#include "tensor/dequantize.h"

#include <limits>

#include <gtest/gtest.h>

namespace netfit::tensor {
namespace {

std::vector<float> floats(const Tensor& tensor) { return {tensor.data<float>().begin(), tensor.data<float>().end()}; }

TEST(Dequantize, WidensHalfPrecisionExactly) {
  // 1, the greatest half, the least one above zero.
  const Tensor stored = Tensor::from(Shape{3}, std::vector<Half>{{0x3c00}, {0x7bff}, {0x0001}});
  EXPECT_EQ(floats(dequantize(stored, std::nullopt)), (std::vector<float>{1.0F, 65504.0F, 0x1p-24F}));
}

TEST(Dequantize, TakesTheParametersOfEachChannel) {
  const Tensor stored = Tensor::from(Shape{2, 3}, std::vector<std::int8_t>{1, 2, 3, 4, 5, 6});
  const QuantParams columns{{0.5F, 1.0F, 2.0F}, {0, 1, 0}, 1};
  EXPECT_EQ(floats(dequantize(stored, columns)), (std::vector<float>{0.5F, 1, 6, 2, 4, 12}));
  EXPECT_EQ(floats(dequantize(stored, QuantParams::per_tensor(0.5F, 2))),
            (std::vector<float>{-0.5F, 0, 0.5F, 1, 1.5F, 2}));
}

TEST(Dequantize, UnpacksFourBits) {
  const Tensor stored = pack_int4(Tensor::from(Shape{3}, std::vector<std::int8_t>{-8, 7, -1}));
  EXPECT_EQ(floats(dequantize(stored, QuantParams::per_tensor(2.0F, 0))), (std::vector<float>{-16, 14, -2}));
}

TEST(Dequantize, RoundsTheProductOnce) {
  // As a float the integer itself would round first.
  const Tensor stored = Tensor::from(Shape{1}, std::vector<std::int32_t>{16777217});
  EXPECT_EQ(floats(dequantize(stored, QuantParams::per_tensor(3.0F, 0)))[0], 50331652.0F);
}

}  // namespace
}  // namespace netfit::tensor
