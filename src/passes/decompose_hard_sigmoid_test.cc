// SPDX-License-Identifier: Apache-2.0
#include "passes/decompose_hard_sigmoid.h"

#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

TEST(DecomposeHardSigmoid, NeedsNoFirstProductForASlopeOfOneSixth) {
  const std::string text = after(decompose_hard_sigmoid, R"(graph main(%x: f32[1,4]) -> (%y) {
    %y = hard_sigmoid(%x)
  })");
  EXPECT_EQ(text, text_of(R"(graph main(%x: f32[1,4]) -> (%y) {
    const @y_shifted_constant: f32[1] = [3]
    const @y_sixth: f32[1] = [0.16666667]
    %y_shifted = add(%x, @y_shifted_constant)
    %y_clamped = relu6(%y_shifted)
    %y = mul(%y_clamped, @y_sixth)
  })"));
}

TEST(DecomposeHardSigmoid, ScalesOtherSlopesFirst) {
  const std::string text = after(decompose_hard_sigmoid, R"(graph main(%x: f32[1,4]) -> (%y) {
    %y = hard_sigmoid(%x) alpha=0.5 beta=0.25
  })");
  EXPECT_NE(text.find("%y_scaled: f32[1,4] = mul(%x, @y_scaled_constant)"), std::string::npos) << text;
  EXPECT_NE(text.find("@y_scaled_constant: f32[1] = [3]"), std::string::npos) << text;
  EXPECT_NE(text.find("@y_shifted_constant: f32[1] = [1.5]"), std::string::npos) << text;
}

TEST(DecomposeHardSigmoid, LeavesQuantizedOnesAlone) {
  expect_unchanged(decompose_hard_sigmoid, R"(graph main(%x: i8[1,4] q(0.1, 0)) -> (%y) {
    %y: q(0.00390625, -128) = hard_sigmoid(%x)
  })");
}

}  // namespace
}  // namespace netfit::passes
