// SPDX-License-Identifier: Apache-2.0
#include "passes/fuse_activation.h"

#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

TEST(FuseActivation, FusesIntoEveryOpThatHasTheAttribute) {
  EXPECT_EQ(after(fuse_activation, R"(graph main(%x: f32[1,4,4,1]) -> (%y) {
    const @w: f32[1,1,1,1] = [1]
    const @v: f32[2,1] = [1, 2]
    %c = conv2d(%x, @w)
    %c_clamped = relu6(%c)
    %d = depthwise_conv2d(%c_clamped, @w)
    %d_clamped = relu(%d)
    %p = max_pool2d(%d_clamped) window=2x2
    %p_clamped = relu_n1_to_1(%p)
    %a = add(%p_clamped, %p_clamped)
    %a_clamped = relu(%a)
    %f = fully_connected(%a_clamped, @v)
    %y = relu6(%f)
  })"),
            text_of(R"(graph main(%x: f32[1,4,4,1]) -> (%y) {
    const @w: f32[1,1,1,1] = [1]
    const @v: f32[2,1] = [1, 2]
    %c_clamped = conv2d(%x, @w) activation=relu6 "c"
    %d_clamped = depthwise_conv2d(%c_clamped, @w) activation=relu "d"
    %p_clamped = max_pool2d(%d_clamped) window=2x2 activation=relu_n1_to_1 "p"
    %a_clamped = add(%p_clamped, %p_clamped) activation=relu "a"
    %y = fully_connected(%a_clamped, @v) activation=relu6 "f"
  })"));
}

TEST(FuseActivation, JoinsClampsInARow) {
  const std::string text = after(fuse_activation, R"(graph main(%x: f32[1,4]) -> (%y) {
    %a = add(%x, %x)
    %b = relu(%a)
    %c = relu6(%b)
    %y = relu(%c)
  })");
  EXPECT_NE(text.find("%y: f32[1,4] = add(%x, %x) activation=relu6"), std::string::npos) << text;
}

TEST(FuseActivation, LeavesClampsThatNoOneClampReplaces) {
  const std::string text = after(fuse_activation, R"(graph main(%x: f32[1,4]) -> (%y) {
    %a = add(%x, %x)
    %b = relu_n1_to_1(%a)
    %y = relu(%b)
  })");
  EXPECT_NE(text.find("%y: f32[1,4] = relu(%b)"), std::string::npos) << text;
}

TEST(FuseActivation, LeavesAResultWithTwoReadersAlone) {
  expect_unchanged(fuse_activation, R"(graph main(%x: f32[1,4]) -> (%y, %z) {
    %a = add(%x, %x)
    %y = relu(%a)
    %z = sigmoid(%a)
  })");
}

TEST(FuseActivation, LeavesOtherOpsAlone) {
  expect_unchanged(fuse_activation, R"(graph main(%x: f32[1,4]) -> (%y) {
    %a = concat(%x, %x) axis=1
    %y = relu(%a)
  })");
}

TEST(FuseActivation, FusesQuantizedNodesOfEqualParametersOnly) {
  const std::string equal = after(fuse_activation, R"(graph main(%x: i8[1,4] q(0.1, 0)) -> (%y) {
    %a: q(0.2, 3) = add(%x, %x)
    %y: q(0.2, 3) = relu(%a)
  })");
  EXPECT_NE(equal.find("%y: i8[1,4] q(0.2, 3) = add(%x, %x) activation=relu"), std::string::npos) << equal;
  expect_unchanged(fuse_activation, R"(graph main(%x: i8[1,4] q(0.1, 0)) -> (%y) {
    %a: q(0.2, 3) = add(%x, %x)
    %y: q(0.1, -128) = relu(%a)
  })");
}

}  // namespace
}  // namespace netfit::passes
