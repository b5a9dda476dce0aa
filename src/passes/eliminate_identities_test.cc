// SPDX-License-Identifier: Apache-2.0
#include "passes/eliminate_identities.h"

#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

TEST(EliminateIdentities, RemovesNodesThatChangeNothing) {
  EXPECT_EQ(after(eliminate_identities, R"(graph main(%x: f32[1,2,3]) -> (%y) {
    %a = relu(%x)
    %b = reshape(%a) shape=[1,2,3]
    %c = transpose(%b) perm=[0,1,2]
    %d = pad(%c) before=[0,0,0] after=[0,0,0] value=7
    %e = concat(%d) axis=1
    %f = requantize(%e) to=f32
    %y = relu6(%f)
  })"),
            text_of(R"(graph main(%x: f32[1,2,3]) -> (%y) {
    %a = relu(%x)
    %y = relu6(%a)
  })"));
}

TEST(EliminateIdentities, CancelsTransposes) {
  const std::string text = after(eliminate_identities, R"(graph main(%x: f32[1,2,3]) -> (%y) {
    %a = transpose(%x) perm=[0,2,1]
    %b = transpose(%a) perm=[0,2,1]
    %y = relu(%b)
  })");
  EXPECT_NE(text.find("%y: f32[1,2,3] = relu(%x)"), std::string::npos) << text;
}

TEST(EliminateIdentities, JoinsTransposesAndReshapesInARow) {
  const std::string text = after(eliminate_identities, R"(graph main(%x: f32[1,2,3,4]) -> (%y, %z) {
    %a = transpose(%x) perm=[0,2,3,1]
    %y = transpose(%a) perm=[0,2,3,1]
    %b = reshape(%x) shape=[1,24]
    %z = reshape(%b) shape=[1,4,6]
  })");
  EXPECT_NE(text.find("%y: f32[1,4,2,3] = transpose(%x) perm=[0,3,1,2]"), std::string::npos) << text;
  EXPECT_NE(text.find("%z: f32[1,4,6] = reshape(%x) shape=[1,4,6]"), std::string::npos) << text;
}

TEST(EliminateIdentities, LetsAnOutputKeepItsName) {
  EXPECT_EQ(after(eliminate_identities, R"(graph main(%x: f32[1,4]) -> (%y) {
    %a = relu(%x)
    %y = reshape(%a) shape=[1,4]
  })"),
            text_of(R"(graph main(%x: f32[1,4]) -> (%y) {
    %y = relu(%x) "a"
  })"));
}

TEST(EliminateIdentities, KeepsANodeBetweenAnInputAndAnOutput) {
  expect_unchanged(eliminate_identities, R"(graph main(%x: f32[1,4]) -> (%y) {
    %y = reshape(%x) shape=[1,4]
  })");
}

TEST(EliminateIdentities, KeepsANodeBetweenTwoOutputs) {
  expect_unchanged(eliminate_identities, R"(graph main(%x: f32[1,4]) -> (%a, %y) {
    %a = relu(%x)
    %y = reshape(%a) shape=[1,4]
  })");
}

TEST(EliminateIdentities, KeepsARequantizeToOtherParameters) {
  expect_unchanged(eliminate_identities, R"(graph main(%x: i8[1,4] q(0.1, 0)) -> (%y) {
    %a: q(0.1, 1) = requantize(%x) to=i8
    %y: q(0.1, 1) = relu(%a)
  })");
}

TEST(EliminateIdentities, KeepsAPadThatAdds) {
  expect_unchanged(eliminate_identities, R"(graph main(%x: f32[1,4]) -> (%y) {
    %a = pad(%x) before=[0,0] after=[0,1]
    %y = relu(%a)
  })");
}

}  // namespace
}  // namespace netfit::passes
