// SPDX-License-Identifier: Apache-2.0
#include "passes/canonicalize_layout.h"

#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

bool has_transpose(const std::string& text) { return text.find("transpose(") != std::string::npos; }

TEST(CanonicalizeLayout, AbsorbsTransposesBehindAnInputAndBeforeAnOutput) {
  EXPECT_EQ(after(canonicalize_layout, R"(graph main(%x: f32[1,3,4,5]) -> (%y) {
    const @w: f32[2,1,1,3] = random(1)
    %x_last = transpose(%x) perm=[0,2,3,1]
    %c = conv2d(%x_last, @w)
    %c_first = transpose(%c) perm=[0,3,1,2]
    %r = relu(%c_first)
    %r_last = transpose(%r) perm=[0,2,3,1]
    %d = max_pool2d(%r_last) window=2x2
    %y = transpose(%d) perm=[0,3,1,2]
  })"),
            text_of(R"(graph main(%x: f32[1,4,5,3] layout=channels_first) -> (%y layout=channels_first) {
    const @w: f32[2,1,1,3] = random(1)
    %c = conv2d(%x, @w)
    %r = relu(%c)
    %y = max_pool2d(%r) window=2x2 "d"
  })"));
}

TEST(CanonicalizeLayout, KeepsRangesThatATrainingHasSettled) {
  EXPECT_EQ(after(canonicalize_layout, R"(graph main(%x: f32[1,3,4,5] r(-1, 2)) -> (%y) {
    const @w: f32[2,1,1,3] = random(1)
    %x_last = transpose(%x) perm=[0,2,3,1]
    %c = conv2d(%x_last, @w)
    %c_first = transpose(%c) perm=[0,3,1,2]
    %r: f32[1,2,4,5] r(0, 3) = relu(%c_first)
    %r_last = transpose(%r) perm=[0,2,3,1]
    %y = max_pool2d(%r_last) window=2x2
  })"),
            text_of(R"(graph main(%x: f32[1,4,5,3] r(-1, 2) layout=channels_first) -> (%y) {
    const @w: f32[2,1,1,3] = random(1)
    %c = conv2d(%x, @w)
    %r: f32[1,4,5,2] r(0, 3) = relu(%c)
    %y = max_pool2d(%r) window=2x2
  })"));
}

TEST(CanonicalizeLayout, TakesAResidualSumWithItsBroadcastConstant) {
  EXPECT_EQ(after(canonicalize_layout, R"(graph main(%x: f32[1,4,5,3]) -> (%y) {
    const @w: f32[3,1,1,3] = random(1)
    const @k: f32[3,1,1] = [1, 2, 3]
    %x_first = transpose(%x) perm=[0,3,1,2]
    %c = conv2d(%x, @w)
    %c_first = transpose(%c) perm=[0,3,1,2]
    %s = add(%c_first, %x_first)
    %k_added = add(%s, @k)
    %back = transpose(%k_added) perm=[0,2,3,1]
    %y = conv2d(%back, @w)
  })"),
            text_of(R"(graph main(%x: f32[1,4,5,3]) -> (%y) {
    const @w: f32[3,1,1,3] = random(1)
    const @k: f32[1,1,1,3] = [1, 2, 3]
    %c = conv2d(%x, @w)
    %s = add(%c, %x)
    %k_added = add(%s, @k)
    %y = conv2d(%k_added, @w)
  })"));
}

TEST(CanonicalizeLayout, TakesASqueezeAndExciteBlock) {
  EXPECT_EQ(after(canonicalize_layout, R"(graph main(%x: f32[1,4,4,2]) -> (%y) {
    const @w: f32[2,1,1,2] = random(1)
    %first = transpose(%x) perm=[0,3,1,2]
    %m = mean(%first) axes=[2,3] keep_dims=true
    %m_last = transpose(%m) perm=[0,2,3,1]
    %c = conv2d(%m_last, @w)
    %c_first = transpose(%c) perm=[0,3,1,2]
    %h = hard_sigmoid(%c_first)
    %s = mul(%first, %h)
    %s_last = transpose(%s) perm=[0,2,3,1]
    %y = conv2d(%s_last, @w)
  })"),
            text_of(R"(graph main(%x: f32[1,4,4,2]) -> (%y) {
    const @w: f32[2,1,1,2] = random(1)
    %m = mean(%x) axes=[1,2] keep_dims=true
    %c = conv2d(%m, @w)
    %h = hard_sigmoid(%c)
    %s = mul(%x, %h)
    %y = conv2d(%s, @w)
  })"));
}

TEST(CanonicalizeLayout, TakesChannelWeightsThatComeFromAVector) {
  const std::string text = after(canonicalize_layout, R"(graph main(%x: f32[1,4,4,2], %v: f32[1,2]) -> (%y) {
    %first = transpose(%x) perm=[0,3,1,2]
    %w = reshape(%v) shape=[1,2,1,1]
    %s = mul(%first, %w)
    %y = transpose(%s) perm=[0,2,3,1]
  })");
  EXPECT_FALSE(has_transpose(text)) << text;
  EXPECT_NE(text.find("%w_channels_last: f32[1,1,1,2] = reshape(%w) shape=[1,1,1,2]"), std::string::npos) << text;
  EXPECT_NE(text.find("%y: f32[1,4,4,2] = mul(%x, %w_channels_last)"), std::string::npos) << text;
}

TEST(CanonicalizeLayout, RemapsConcatPadAndRequantize) {
  EXPECT_EQ(after(canonicalize_layout, R"(graph main(%x: i8[1,4,5,3] q(0.1, 0)) -> (%y) {
    %first = transpose(%x) perm=[0,3,1,2]
    %p = pad(%first) before=[0,0,1,0] after=[0,0,0,2]
    %q: q(0.2, 1) = requantize(%p) to=i8
    %c = concat(%q, %q) axis=1
    %y = transpose(%c) perm=[0,2,3,1]
  })"),
            text_of(R"(graph main(%x: i8[1,4,5,3] q(0.1, 0)) -> (%y) {
    %p = pad(%x) before=[0,1,0,0] after=[0,0,2,0]
    %q: q(0.2, 1) = requantize(%p) to=i8
    %y = concat(%q, %q) axis=3 "c"
  })"));
}

TEST(CanonicalizeLayout, TakesTheMeanOverTheSourcesAxes) {
  const std::string spatial = after(canonicalize_layout, R"(graph main(%x: f32[1,4,5,3]) -> (%y) {
    %first = transpose(%x) perm=[0,3,1,2]
    %y = mean(%first) axes=[2,3]
  })");
  EXPECT_NE(spatial.find("%y: f32[1,3] = mean(%x) axes=[1,2]"), std::string::npos) << spatial;
  // Over width alone, channels and height remain, and the other way round.
  const std::string width = after(canonicalize_layout, R"(graph main(%x: f32[1,4,5,3]) -> (%y) {
    %first = transpose(%x) perm=[0,3,1,2]
    %y = mean(%first) axes=[3]
  })");
  EXPECT_NE(width.find("= mean(%x) axes=[2]"), std::string::npos) << width;
  EXPECT_NE(width.find("perm=[0,2,1]"), std::string::npos) << width;
}

TEST(CanonicalizeLayout, FlattensOneElementPerChannelWithoutATranspose) {
  const std::string text = after(canonicalize_layout, R"(graph main(%x: f32[1,1,1,3]) -> (%y) {
    %first = transpose(%x) perm=[0,3,1,2]
    %y = reshape(%first) shape=[1,3]
  })");
  EXPECT_NE(text.find("%y: f32[1,3] = reshape(%x)"), std::string::npos) << text;
}

TEST(CanonicalizeLayout, PermutesTheColumnsBehindAFlattening) {
  EXPECT_EQ(after(canonicalize_layout, R"(graph main(%x: f32[1,1,3,2]) -> (%y) {
    const @w: f32[2,6] = [11, 12, 13, 21, 22, 23, 1, 2, 3, 4, 5, 6]
    %first = transpose(%x) perm=[0,3,1,2]
    %flat = reshape(%first) shape=[1,6]
    %r = relu(%flat)
    %y = fully_connected(%r, @w)
  })"),
            text_of(R"(graph main(%x: f32[1,1,3,2]) -> (%y) {
    const @w: f32[2,6] = [11, 21, 12, 22, 13, 23, 1, 4, 2, 5, 3, 6]
    %flat = reshape(%x) shape=[1,6]
    %r = relu(%flat)
    %y = fully_connected(%r, @w)
  })"));
}

TEST(CanonicalizeLayout, KeepsTheTransposeOfAFlatteningWithOtherReaders) {
  expect_unchanged(canonicalize_layout, R"(graph main(%x: f32[1,1,3,2]) -> (%y, %flat) {
    const @w: f32[2,6] = random(1)
    %first = transpose(%x) perm=[0,3,1,2]
    %flat = reshape(%first) shape=[1,6]
    %y = fully_connected(%flat, @w)
  })");
}

TEST(CanonicalizeLayout, MovesSoftmaxOnlyWithItsAxis) {
  const std::string channels = after(canonicalize_layout, R"(graph main(%x: f32[1,4,5,3]) -> (%y) {
    %first = transpose(%x) perm=[0,3,1,2]
    %last = transpose(%first) perm=[0,2,3,1]
    %s = softmax(%last)
    %y = transpose(%s) perm=[0,3,1,2]
  })");
  EXPECT_FALSE(has_transpose(channels)) << channels;
  expect_unchanged(canonicalize_layout, R"(graph main(%x: f32[1,4,5,3]) -> (%y) {
    %first = transpose(%x) perm=[0,3,1,2]
    %y = softmax(%first)
  })");
}

TEST(CanonicalizeLayout, LeavesSumsOfDifferentOrdersAlone) {
  expect_unchanged(canonicalize_layout, R"(graph main(%x: f32[1,4,5,3], %z: f32[1,3,4,5]) -> (%y) {
    %first = transpose(%x) perm=[0,3,1,2]
    %s = add(%first, %z)
    %y = softmax(%s)
  })");
}

TEST(CanonicalizeLayout, LeavesAnInputThatIsReadChannelsLastAlone) {
  expect_unchanged(canonicalize_layout, R"(graph main(%x: f32[1,4,5,3]) -> (%y, %z) {
    const @w: f32[2,1,1,3] = random(1)
    %y = conv2d(%x, @w)
    %t = transpose(%x) perm=[0,2,3,1]
    %z = softmax(%t)
  })");
}

TEST(CanonicalizeLayout, NormalizesInsideTheGraphReachTheInput) {
  const std::string text = after(canonicalize_layout, R"(graph main(%x: f32[1,3,4,5]) -> (%y) {
    const @mean: f32[1,3,1,1] = [1, 2, 3]
    const @w: f32[2,1,1,3] = random(1)
    %n = sub(%x, @mean)
    %last = transpose(%n) perm=[0,2,3,1]
    %y = conv2d(%last, @w)
  })");
  EXPECT_FALSE(has_transpose(text)) << text;
  EXPECT_NE(text.find("%n: f32[1,4,5,3] = sub(%x, @mean)"), std::string::npos) << text;
}

TEST(CanonicalizeLayout, TurnsATransposeThatMovesNothingIntoAReshape) {
  const std::string text = after(canonicalize_layout, R"(graph main(%x: f32[1,4,1,3]) -> (%y) {
    %t = transpose(%x) perm=[0,2,1,3]
    %y = softmax(%t)
  })");
  EXPECT_NE(text.find("%y"), std::string::npos);
  EXPECT_FALSE(has_transpose(text)) << text;
}

TEST(CanonicalizeLayout, KeepsBothNamesWhereAnInputIsAnOutputTransposed) {
  expect_unchanged(canonicalize_layout, R"(graph main(%x: f32[1,4,5,3]) -> (%y) {
    %y = transpose(%x) perm=[0,3,1,2]
  })");
}

TEST(CanonicalizeLayout, LeavesAGraphWithoutTransposesAlone) {
  expect_unchanged(canonicalize_layout, R"(graph main(%x: f32[1,4,5,3]) -> (%y) {
    const @w: f32[2,1,1,3] = random(1)
    %c = conv2d(%x, @w)
    %y = mean(%c) axes=[1,2]
  })");
}

}  // namespace
}  // namespace netfit::passes
