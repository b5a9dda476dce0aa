// SPDX-License-Identifier: Apache-2.0
#include "passes/fold_constants.h"

#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

// What `%c` of the body becomes, as its elements are printed.
std::string folded(std::string_view body) {
  const std::string text = after(fold_constants, "graph main(%x: f32[1,1]) -> (%y) {" + std::string(body) +
                                                     "\n%r = reshape(%c) shape=[6]\n%y = mul(%x, %r) }");
  const std::size_t begin = text.find("const @r: ");
  return begin == std::string::npos ? text : text.substr(begin, text.find('\n', begin) - begin);
}

TEST(FoldConstants, MovesElements) {
  EXPECT_EQ(folded("const @w: f32[2,3] = [1, 2, 3, 4, 5, 6] %c = transpose(@w) perm=[1,0]"),
            "const @r: f32[6] = [1, 4, 2, 5, 3, 6]");
  EXPECT_EQ(folded("const @a: f32[2,1] = [1, 2] const @b: f32[2,2] = [3, 4, 5, 6] %c = concat(@a, @b) axis=1"),
            "const @r: f32[6] = [1, 3, 4, 2, 5, 6]");
}

TEST(FoldConstants, ComputesWithBroadcastingAndActivation) {
  EXPECT_EQ(folded("const @a: f32[2,1] = [1, 2] const @b: f32[3] = [1, 2, 4] %c = sub(@a, @b) activation=relu"),
            "const @r: f32[6] = [0, 0, 0, 1, 0, 0]");
  EXPECT_EQ(folded("const @a: f32[1] = [6] const @b: f32[6] = [1, 2, 3, 4, 5, 6] %c = div(@a, @b)"),
            "const @r: f32[6] = [6, 3, 2, 1.5, 1.2, 1]");
}

TEST(FoldConstants, DequantizesPerChannel) {
  EXPECT_EQ(folded("const @w: i8[2,3] q(axis=0, [0.5, 2], [0, 1]) = [1, 2, 3, 1, 2, 3] %c = requantize(@w) to=f32"),
            "const @r: f32[6] = [0.5, 1, 1.5, 0, 2, 4]");
  EXPECT_EQ(folded("const @w: f16[6] = [1, 2, 3, 4, 5, 6.5] %c = requantize(@w) to=f32"),
            "const @r: f32[6] = [1, 2, 3, 4, 5, 6.5]");
}

TEST(FoldConstants, QuantizesAwayFromZeroAndSaturates) {
  const std::string text = after(fold_constants, R"(graph main(%x: i8[1,4] q(1, 0)) -> (%y) {
    const @w: f32[1,4] = [0.25, -0.25, 1000, 1]
    %q: q(0.5, 3) = requantize(@w) to=i8
    %y: q(1, 0) = add(%x, %q)
  })");
  EXPECT_NE(text.find("const @q: i8[1,4] q(0.5, 3) = [4, 2, 127, 5]"), std::string::npos) << text;
}

TEST(FoldConstants, LeavesWhatDependsOnAnInputAlone) {
  expect_unchanged(fold_constants, R"(graph main(%x: f32[1,4]) -> (%y) {
    const @c: f32[4] = [1, 2, 3, 4]
    %y = add(%x, @c)
  })");
}

TEST(FoldConstants, LeavesHalfPrecisionThatOnlyMeetsData) {
  expect_unchanged(fold_constants, R"(graph main(%x: f32[1,4]) -> (%y) {
    const @h: f16[4] = [1, 2, 3, 4]
    %w = requantize(@h) to=f32
    %y = add(%x, %w)
  })");
}

TEST(FoldConstants, LeavesIntegersThatOnlyMeetData) {
  expect_unchanged(fold_constants, R"(graph main(%x: f32[1,4]) -> (%y) {
    const @q: i4[3,4] q(axis=0, [0.5, 1, 2], [0, 0, 0]) = [1, 2, 3, 4, 5, 6, 7, -7, -1, -2, -3, -4]
    %w = requantize(@q) to=f32
    %y = fully_connected(%x, %w)
  })");
}

TEST(FoldConstants, LeavesOutputsOfTheGraphAlone) {
  expect_unchanged(fold_constants, R"(graph main(%x: f32[1,4]) -> (%y) {
    const @c: f32[1,4] = [1, 2, 3, 4]
    %y = reshape(@c) shape=[4]
  })");
}

TEST(FoldConstants, LeavesBroadcastsThatExplodeAlone) {
  expect_unchanged(fold_constants, R"(graph main(%x: f32[1,4096]) -> (%y) {
    const @a: f32[4096,1] = fill(1)
    const @b: f32[1,4096] = fill(1)
    %c = add(@a, @b)
    %y = fully_connected(%x, %c)
  })");
}

}  // namespace
}  // namespace netfit::passes
