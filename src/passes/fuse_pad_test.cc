// SPDX-License-Identifier: Apache-2.0
#include "passes/fuse_pad.h"

#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

TEST(FusePad, AddsToThePaddingThatAConvHas) {
  EXPECT_EQ(after(fuse_pad, R"(graph main(%x: f32[1,4,4,1]) -> (%y) {
    const @w: f32[1,3,3,1] = random(1)
    %a = pad(%x) before=[0,1,0,0] after=[0,0,2,0]
    %p = pad(%a) before=[0,0,1,0] after=[0,0,0,0]
    %y = conv2d(%p, @w) padding=1,0,0,0
  })"),
            text_of(R"(graph main(%x: f32[1,4,4,1]) -> (%y) {
    const @w: f32[1,3,3,1] = random(1)
    %y = conv2d(%x, @w) padding=2,0,1,2
  })"));
}

TEST(FusePad, LeavesThePadToItsOtherReaders) {
  const std::string text = after(fuse_pad, R"(graph main(%x: f32[1,4,4,1]) -> (%y, %z) {
    const @w: f32[1,3,3,1] = random(1)
    %p = pad(%x) before=[0,1,1,0] after=[0,1,1,0]
    %y = depthwise_conv2d(%p, @w)
    %z = relu(%p)
  })");
  EXPECT_NE(text.find("depthwise_conv2d(%x, @w) padding=1,1,1,1"), std::string::npos) << text;
  EXPECT_NE(text.find("relu(%p)"), std::string::npos) << text;
}

TEST(FusePad, LeavesOtherValuesAlone) {
  expect_unchanged(fuse_pad, R"(graph main(%x: f32[1,4,4,1]) -> (%y) {
    const @w: f32[1,3,3,1] = random(1)
    %p = pad(%x) before=[0,1,1,0] after=[0,1,1,0] value=1
    %y = conv2d(%p, @w)
  })");
}

TEST(FusePad, LeavesPadsOfChannelsAlone) {
  expect_unchanged(fuse_pad, R"(graph main(%x: f32[1,4,4,1]) -> (%y) {
    const @w: f32[1,3,3,2] = random(1)
    %p = pad(%x) before=[0,1,1,0] after=[0,1,1,1]
    %y = conv2d(%p, @w)
  })");
}

TEST(FusePad, LeavesPoolsAlone) {
  expect_unchanged(fuse_pad, R"(graph main(%x: f32[1,4,4,1]) -> (%y) {
    %p = pad(%x) before=[0,1,1,0] after=[0,1,1,0]
    %y = max_pool2d(%p) window=3x3
  })");
}

TEST(FusePad, FusesQuantizedPads) {
  const std::string text = after(fuse_pad, R"(graph main(%x: i8[1,4,4,1] q(0.1, 5)) -> (%y) {
    const @w: i8[1,3,3,1] q(axis=0, [0.5]) = random(1)
    %p: q(0.1, 5) = pad(%x) before=[0,1,1,0] after=[0,1,1,0]
    %y: q(0.3, 0) = conv2d(%p, @w)
  })");
  EXPECT_NE(text.find("conv2d(%x, @w) padding=1,1,1,1"), std::string::npos) << text;
}

}  // namespace
}  // namespace netfit::passes
