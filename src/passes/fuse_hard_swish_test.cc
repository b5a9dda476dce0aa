// SPDX-License-Identifier: Apache-2.0
#include "passes/fuse_hard_swish.h"

#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

TEST(FuseHardSwish, TakesTheProductInEitherOrder) {
  EXPECT_EQ(after(fuse_hard_swish, R"(graph main(%x: f32[1,4]) -> (%y, %z) {
    %s = hard_sigmoid(%x) alpha=0.1666666
    %y = mul(%x, %s)
    %t = hard_sigmoid(%y)
    %z = mul(%t, %y)
  })"),
            text_of(R"(graph main(%x: f32[1,4]) -> (%y, %z) {
    %y = hard_swish(%x)
    %z = hard_swish(%y)
  })"));
}

TEST(FuseHardSwish, LeavesOtherSlopesAlone) {
  expect_unchanged(fuse_hard_swish, R"(graph main(%x: f32[1,4]) -> (%y) {
    %s = hard_sigmoid(%x) alpha=0.2
    %y = mul(%x, %s)
  })");
}

TEST(FuseHardSwish, LeavesTheGateOfAnotherValueAlone) {
  expect_unchanged(fuse_hard_swish, R"(graph main(%x: f32[1,4], %z: f32[1,4]) -> (%y) {
    %s = hard_sigmoid(%z)
    %y = mul(%x, %s)
  })");
}

TEST(FuseHardSwish, LeavesAHardSigmoidWithAnotherReaderAlone) {
  expect_unchanged(fuse_hard_swish, R"(graph main(%x: f32[1,4]) -> (%y, %s) {
    %s = hard_sigmoid(%x)
    %y = mul(%x, %s)
  })");
}

TEST(FuseHardSwish, LeavesAProductWithAnActivationAlone) {
  expect_unchanged(fuse_hard_swish, R"(graph main(%x: f32[1,4]) -> (%y) {
    %s = hard_sigmoid(%x)
    %y = mul(%x, %s) activation=relu
  })");
}

}  // namespace
}  // namespace netfit::passes
