// SPDX-License-Identifier: Apache-2.0
#include "passes/decompose_batch_norm.h"

#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

TEST(DecomposeBatchNorm, WritesAProductAndASum) {
  EXPECT_EQ(after(decompose_batch_norm, R"(graph main(%x: f32[1,2,2,2]) -> (%y) {
    const @scale: f32[2] = [4, 3]
    const @shift: f32[2] = [3, 1]
    const @mean: f32[2] = [1, 1]
    const @variance: f32[2] = [4, 1]
    %y = batch_norm(%x, @scale, @shift, @mean, @variance) epsilon=0
  })"),
            text_of(R"(graph main(%x: f32[1,2,2,2]) -> (%y) {
    const @scale: f32[2] = [4, 3]
    const @shift: f32[2] = [3, 1]
    const @mean: f32[2] = [1, 1]
    const @variance: f32[2] = [4, 1]
    const @y_factor: f32[2] = [2, 3]
    const @y_shift: f32[2] = [1, -2]
    %y_scaled = mul(%x, @y_factor)
    %y = add(%y_scaled, @y_shift)
  })"));
}

TEST(DecomposeBatchNorm, LeavesWhatAConvolutionCanTake) {
  expect_unchanged(decompose_batch_norm, R"(graph main(%x: f32[1,2,2,1]) -> (%y) {
    const @one: f32[1] = [1]
    const @w: f32[1,1,1,1] = [1]
    %c = conv2d(%x, @w)
    %y = batch_norm(%c, @one, @one, @one, @one)
  })");
}

TEST(DecomposeBatchNorm, TakesOneBehindAConvolutionWithAnotherReader) {
  const std::string text = after(decompose_batch_norm, R"(graph main(%x: f32[1,2,2,1]) -> (%y, %c) {
    const @one: f32[1] = [1]
    const @w: f32[1,1,1,1] = [1]
    %c = conv2d(%x, @w)
    %y = batch_norm(%c, @one, @one, @one, @one)
  })");
  EXPECT_EQ(text.find("batch_norm("), std::string::npos) << text;
}

TEST(DecomposeBatchNorm, LeavesComputedStatisticsAlone) {
  expect_unchanged(decompose_batch_norm, R"(graph main(%x: f32[1,2]) -> (%y) {
    const @one: f32[2] = [1, 1]
    %s = relu(@one)
    %y = batch_norm(%x, @one, @one, %s, @one)
  })");
}

}  // namespace
}  // namespace netfit::passes
