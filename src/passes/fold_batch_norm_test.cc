// SPDX-License-Identifier: Apache-2.0
#include "passes/fold_batch_norm.h"

#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

// factor = scale / sqrt(variance) = [2, 3]; shift = shift - mean * factor = [1, -2].
constexpr std::string_view kStatistics = R"(
  const @scale: f32[2] = [4, 3]
  const @shift: f32[2] = [3, 1]
  const @mean: f32[2] = [1, 1]
  const @variance: f32[2] = [4, 1]
)";

std::string with_statistics(std::string_view header, std::string_view body) {
  return std::string(header) + "{" + std::string(kStatistics) + std::string(body) + "}";
}

TEST(FoldBatchNorm, ScalesWeightsAndBiasOfTheConvBefore) {
  const std::string before = with_statistics("graph main(%x: f32[1,2,2,1]) -> (%y)", R"(
    const @w: f32[2,1,1,1] = [1, 2]
    const @b: f32[2] = [10, 20]
    %c = conv2d(%x, @w, @b)
    %y = batch_norm(%c, @scale, @shift, @mean, @variance) epsilon=0)");
  const std::string expected = with_statistics("graph main(%x: f32[1,2,2,1]) -> (%y)", R"(
    const @w: f32[2,1,1,1] = [2, 6]
    const @b: f32[2] = [21, 58]
    %y = conv2d(%x, @w, @b) "c")");
  EXPECT_EQ(after(fold_batch_norm, before), text_of(expected));
}

TEST(FoldBatchNorm, GivesADepthwiseConvABias) {
  const std::string before = with_statistics("graph main(%x: f32[1,2,2,1]) -> (%y)", R"(
    const @w: f32[1,1,1,2] = [1, 2]
    %c = depthwise_conv2d(%x, @w)
    %y = batch_norm(%c, @scale, @shift, @mean, @variance) epsilon=0)");
  const std::string expected = with_statistics("graph main(%x: f32[1,2,2,1]) -> (%y)", R"(
    const @w: f32[1,1,1,2] = [2, 6]
    const @w_bias: f32[2] = [1, -2]
    %y = depthwise_conv2d(%x, @w, @w_bias) "c")");
  EXPECT_EQ(after(fold_batch_norm, before), text_of(expected));
}

TEST(FoldBatchNorm, FoldsIntoAFullyConnectedLayer) {
  const std::string before = with_statistics("graph main(%x: f32[1,1]) -> (%y)", R"(
    const @w: f32[2,1] = [1, 2]
    %c = fully_connected(%x, @w)
    %y = batch_norm(%c, @scale, @shift, @mean, @variance) epsilon=0)");
  const std::string expected = with_statistics("graph main(%x: f32[1,1]) -> (%y)", R"(
    const @w: f32[2,1] = [2, 6]
    const @w_bias: f32[2] = [1, -2]
    %y = fully_connected(%x, @w, @w_bias) "c")");
  EXPECT_EQ(after(fold_batch_norm, before), text_of(expected));
}

TEST(FoldBatchNorm, FoldsIntoTheConvBehindIfThatPadsNothing) {
  // bias = 1 * shift[0] + 10 * shift[1] = 1 - 20
  const std::string before = with_statistics("graph main(%x: f32[1,2,2,2]) -> (%y)", R"(
    const @w: f32[1,1,1,2] = [1, 10]
    %n = batch_norm(%x, @scale, @shift, @mean, @variance) epsilon=0
    %y = conv2d(%n, @w))");
  const std::string expected = with_statistics("graph main(%x: f32[1,2,2,2]) -> (%y)", R"(
    const @w: f32[1,1,1,2] = [2, 30]
    const @w_bias: f32[1] = [-19]
    %y = conv2d(%x, @w, @w_bias))");
  EXPECT_EQ(after(fold_batch_norm, before), text_of(expected));
}

TEST(FoldBatchNorm, FollowsGroupsAndMultipliersOfTheLayerBehind) {
  const std::string grouped = with_statistics("graph main(%x: f32[1,1,1,2]) -> (%y)", R"(
    const @w: f32[4,1,1,1] = [1, 1, 1, 1]
    %n = batch_norm(%x, @scale, @shift, @mean, @variance) epsilon=0
    %y = conv2d(%n, @w))");
  EXPECT_NE(after(fold_batch_norm, grouped).find("@w: f32[4,1,1,1] = [2, 2, 3, 3]"), std::string::npos);
  const std::string multiplied = with_statistics("graph main(%x: f32[1,1,1,2]) -> (%y)", R"(
    const @w: f32[1,1,1,4] = [1, 1, 1, 1]
    %n = batch_norm(%x, @scale, @shift, @mean, @variance) epsilon=0
    %y = depthwise_conv2d(%n, @w))");
  EXPECT_NE(after(fold_batch_norm, multiplied).find("@w: f32[1,1,1,4] = [2, 2, 3, 3]"), std::string::npos);
}

TEST(FoldBatchNorm, LeavesAPaddedConvBehindAlone) {
  expect_unchanged(fold_batch_norm, with_statistics("graph main(%x: f32[1,2,2,2]) -> (%y)", R"(
    const @w: f32[1,1,1,2] = [1, 10]
    %n = batch_norm(%x, @scale, @shift, @mean, @variance) epsilon=0
    %y = conv2d(%n, @w) padding=1,1,1,1)"));
}

TEST(FoldBatchNorm, LeavesConvWithTwoUsesAlone) {
  expect_unchanged(fold_batch_norm, with_statistics("graph main(%x: f32[1,2,2,1]) -> (%y, %c)", R"(
    const @w: f32[2,1,1,1] = [1, 2]
    %c = conv2d(%x, @w)
    %y = batch_norm(%c, @scale, @shift, @mean, @variance))"));
}

TEST(FoldBatchNorm, LeavesConvWithAnActivationAlone) {
  expect_unchanged(fold_batch_norm, with_statistics("graph main(%x: f32[1,2,2,1]) -> (%y)", R"(
    const @w: f32[2,1,1,1] = [1, 2]
    %c = conv2d(%x, @w) activation=relu
    %y = batch_norm(%c, @scale, @shift, @mean, @variance))"));
}

TEST(FoldBatchNorm, LeavesStatisticsThatGiveNoNumberAlone) {
  expect_unchanged(fold_batch_norm, R"(graph main(%x: f32[1,2,2,1]) -> (%y) {
    const @one: f32[1] = [1]
    const @variance: f32[1] = [-4]
    const @w: f32[1,1,1,1] = [1]
    %c = conv2d(%x, @w)
    %y = batch_norm(%c, @one, @one, @one, @variance)
  })");
}

TEST(FoldBatchNorm, KeepsWeightsThatAnotherConvShares) {
  const std::string text = after(fold_batch_norm, with_statistics("graph main(%x: f32[1,2,2,1]) -> (%y, %z)", R"(
    const @w: f32[2,1,1,1] = [1, 2]
    %z = conv2d(%x, @w)
    %c = conv2d(%x, @w)
    %y = batch_norm(%c, @scale, @shift, @mean, @variance) epsilon=0)"));
  EXPECT_NE(text.find("@w: f32[2,1,1,1] = [1, 2]"), std::string::npos) << text;
  EXPECT_NE(text.find("@w_1: f32[2,1,1,1] = [2, 6]"), std::string::npos) << text;
}

TEST(FoldBatchNormBehind, LeavesWhatTheLayerBeforeCouldTake) {
  const std::string body = R"(
    const @w: f32[2,1,1,2] = [1, 2, 3, 4]
    const @v: f32[1,1,1,2] = [1, 10]
    %c = conv2d(%x, @w)
    %n = batch_norm(%c, @scale, @shift, @mean, @variance) epsilon=0
    %y = conv2d(%n, @v))";
  EXPECT_EQ(after(fold_batch_norm_behind, with_statistics("graph main(%x: f32[1,2,2,2]) -> (%y)", body)),
            text_of(with_statistics("graph main(%x: f32[1,2,2,2]) -> (%y)", body)));
}

TEST(FoldBatchNormBehind, FoldsWhereNoneBeforeCan) {
  const std::string before = with_statistics("graph main(%x: f32[1,2,2,2]) -> (%y)", R"(
    const @w: f32[1,1,1,2] = [1, 10]
    %n = batch_norm(%x, @scale, @shift, @mean, @variance) epsilon=0
    %y = conv2d(%n, @w))");
  EXPECT_EQ(after(fold_batch_norm_behind, before), after(fold_batch_norm, before));
}

}  // namespace
}  // namespace netfit::passes
