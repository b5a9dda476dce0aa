// SPDX-License-Identifier: Apache-2.0
#include "quant/stored_weights.h"

#include <gtest/gtest.h>

#include "ir/parser.h"
#include "quant/quantize.h"

namespace netfit::quant {
namespace {

constexpr std::string_view kNet = R"(graph main(%x: f32[1,128]) -> (%y) {
    const @w: f32[10,128] = random(2)
    const @b: f32[10] = random(3)
    const @s: f32[10] = random(4)
    %d = fully_connected(%x, @w, @b)
    %y = mul(%d, @s)
  })";

TEST(StoredConstants, SaysRoleAndTypeOfEach) {
  const ir::Graph graph = *ir::parse(kNet);
  const std::vector<StoredConstant> half = stored_constants(*quantize_float16(graph));
  ASSERT_EQ(half.size(), 3U);
  EXPECT_EQ(half[0].name, "w");
  EXPECT_EQ(half[0].dtype, DType::Float16);
  EXPECT_EQ(half[0].role, ConstantRole::Weights);
  EXPECT_EQ(half[1].role, ConstantRole::Bias);
  EXPECT_EQ(half[1].dtype, DType::Float32);
  EXPECT_EQ(half[2].role, ConstantRole::Other);
  const std::vector<StoredConstant> hybrid = stored_constants(*quantize_dynamic(graph));
  EXPECT_EQ(hybrid[0].dtype, DType::Int8);
  EXPECT_EQ(why_float(hybrid[1], "dynamic"), "biases");
  EXPECT_EQ(why_float(hybrid[2], "dynamic"), "no weights of a layer");
}

TEST(CountVanished, CountsWhatHalfPrecisionStoresAsZero) {
  ir::Graph graph = *ir::parse(R"(graph main(%x: f32[1,128]) -> (%y) {
    const @c: f32[128] = fill(0)
    %y = mul(%x, @c)
  })");
  const ir::ValueId constant = *graph.find_value("c");
  const std::span<float> elements = graph.value(constant).constant->mutable_data<float>();
  elements[1] = 0x1p-25F;  // half the least half: a tie, which goes to zero
  elements[2] = -0x1p-30F;
  elements[3] = 0x1p-24F;
  EXPECT_EQ(count_vanished(graph, *quantize_float16(graph)), 2);
}

}  // namespace
}  // namespace netfit::quant
