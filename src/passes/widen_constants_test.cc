// SPDX-License-Identifier: Apache-2.0
#include "passes/widen_constants.h"

#include <gtest/gtest.h>

#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

TEST(WidenConstants, MakesStoredConstantsFloat) {
  const std::string widened = after(widen_constants, R"(graph main(%x: f32[1,2]) -> (%y) {
    const @h: f16[2,2] = [1, 2, 0.5, -4]
    const @q: i8[2] q(0.5, 0) = [3, -2]
    %w = requantize(@h) to=f32
    %b = requantize(@q) to=f32
    %y = fully_connected(%x, %w, %b)
  })");
  EXPECT_EQ(widened, text_of(R"(graph main(%x: f32[1,2]) -> (%y) {
    const @h: f16[2,2] = [1, 2, 0.5, -4]
    const @q: i8[2] q(0.5, 0) = [3, -2]
    const @w: f32[2,2] = [1, 2, 0.5, -4]
    const @b: f32[2] = [1.5, -1]
    %y = fully_connected(%x, @w, @b)
  })"));
}

TEST(WidenConstants, LeavesWhatVariesAndWhatTheGraphGives) {
  expect_unchanged(widen_constants, R"(graph main(%x: i8[1,2] q(0.5, 0)) -> (%y, %w) {
    const @h: f16[1,2] = [1, 2]
    %w = requantize(@h) to=f32
    %r = requantize(%x) to=f32
    %y = relu(%r)
  })");
}

}  // namespace
}  // namespace netfit::passes
