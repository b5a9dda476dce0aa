// SPDX-License-Identifier: Apache-2.0
#include "passes/eliminate_dead_nodes.h"

#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

TEST(EliminateDeadNodes, RemovesAChainThatReachesNoOutputAndItsConstants) {
  EXPECT_EQ(after(eliminate_dead_nodes, R"(graph main(%x: f32[1,4]) -> (%y) {
    const @unused: f32[4] = [1, 2, 3, 4]
    const @c: f32[4] = [1, 2, 3, 4]
    %d = add(%x, @c)
    %e = relu(%d)
    %y = relu6(%x)
  })"),
            text_of(R"(graph main(%x: f32[1,4]) -> (%y) {
    %y = relu6(%x)
  })"));
}

TEST(EliminateDeadNodes, KeepsInputsThatNothingReads) {
  expect_unchanged(eliminate_dead_nodes, R"(graph main(%x: f32[1,4], %unused: f32[1,4]) -> (%y) {
    %y = relu6(%x)
  })");
}

TEST(EliminateDeadNodes, KeepsWhatOnlyAnOutputNames) {
  expect_unchanged(eliminate_dead_nodes, R"(graph main(%x: f32[1,4]) -> (%y, %d) {
    %d = relu(%x)
    %y = relu6(%x)
  })");
}

}  // namespace
}  // namespace netfit::passes
