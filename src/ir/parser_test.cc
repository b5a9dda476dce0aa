// SPDX-License-Identifier: Apache-2.0
// What the parser refuses.
#include "ir/parser.h"

#include <string>

#include <gtest/gtest.h>

#include "support/graph_text.h"

namespace netfit::ir {
namespace {

using support::fault_of;

/// The fault of a graph with one f32 input x of 1x2, output y, and that body.
std::string body_fault(std::string_view body) {
  return fault_of("graph g(%x: f32[1,2]) -> (%y) {\n" + std::string(body) + "\n}");
}

TEST(Parser, LocatesWhatItCannotRead) {
  EXPECT_EQ(body_fault("  %y = relu(%x"), "line 3, column 1: error: expected ')', found '}'");
  EXPECT_EQ(body_fault("%y relu(%x)"), "line 2, column 4: error: expected '=', found 'relu(%x)'");
  EXPECT_EQ(body_fault("# comment }\n\n   hello"),
            "line 4, column 4: error: expected a node, const, preprocess, class_names or '}', found 'hello'");
  EXPECT_EQ(body_fault("%y = relu(%x) } trailing"),
            "line 2, column 17: error: expected the end of the text, found 'trailing'");
  EXPECT_EQ(fault_of(""), "line 1, column 1: error: expected 'graph', found the end of the text");
  EXPECT_EQ(fault_of("graph g(%x: f32[1"), "line 1, column 18: error: expected ']', found the end of the text");
}

TEST(Parser, RefusesUnknownOpsWithTheNearestName) {
  EXPECT_EQ(body_fault("%y = relu66(%x)"), "line 2, column 6: error: unknown op 'relu66', did you mean 'relu6'?");
  EXPECT_EQ(body_fault("%y = lstm(%x)"), "line 2, column 6: error: unknown op 'lstm'");
}

TEST(Parser, RefusesNamesThatAreTakenOrUnknown) {
  EXPECT_EQ(body_fault("%x = relu(%x)"), "line 2, column 1: error: the name 'x' is taken");
  EXPECT_EQ(body_fault("const @x: f32[] = [1]"), "line 2, column 7: error: the name 'x' is taken");
  EXPECT_EQ(body_fault("%y = relu(%z)"), "line 2, column 11: error: nothing before is called %z");
  EXPECT_EQ(body_fault("%y = relu(%y)"), "line 2, column 11: error: nothing before is called %y");
  EXPECT_EQ(body_fault("%y = relu(@x)"), "line 2, column 11: error: @x is written %x");
  EXPECT_EQ(body_fault("%z = relu(%x)"), "line 1, column 27: error: nothing is called %y");
  EXPECT_EQ(body_fault("%\"\" = relu(%x)"), "line 2, column 1: error: a name is empty");
}

TEST(Parser, RefusesWhatTheOpRefuses) {
  EXPECT_EQ(body_fault("%y = relu(%x, %x)"), "line 2, column 1: error: relu: relu takes 1 to 1 inputs, but has 2");
  EXPECT_EQ(body_fault("%y = relu(%x) beta=1"), "line 2, column 6: error: relu: unknown attribute 'beta'");
  EXPECT_EQ(body_fault("%y = softmax(%x) beta=1 beta=2"), "line 2, column 25: error: attribute 'beta' is given twice");
  EXPECT_EQ(body_fault("%y: f32[1,3] = relu(%x)"),
            "line 2, column 1: error: the result is stated as f32 1x3, but relu gives f32 1x2");
}

TEST(Parser, RefusesConstantsThatDoNotFitTheirType) {
  EXPECT_EQ(body_fault("const @c: f32[3] = [1, 2]"),
            "line 2, column 25: error: expected a list of 3 elements, found ']'");
  EXPECT_EQ(body_fault("const @c: f32[1] = [1, 2]"),
            "line 2, column 22: error: expected a list of 1 elements, found ','");
  EXPECT_EQ(body_fault("const @c: i8[1] q(1) = [128]"), "line 2, column 25: error: 128 is not in [-128, 127]");
  EXPECT_EQ(body_fault("const @c: i4[1] q(1) = fill(8)"), "line 2, column 29: error: 8 is not in [-8, 7]");
  EXPECT_EQ(body_fault("const @c: i8[1] q(1) = [0.5]"), "line 2, column 25: error: '0.5' is not a whole number");
  EXPECT_EQ(body_fault("const @c: f99[1] = [1]"),
            "line 2, column 11: error: expected an element type, as in f32[1,2], found 'f99[1]'");
  EXPECT_EQ(body_fault("const @c: f32[-1] = [1]"), "line 2, column 11: error: dimension -1 is negative");
}

TEST(Parser, RefusesToAllocateWhatTheTextDoesNotHold) {
  EXPECT_EQ(body_fault("const @c: f32[2147483648] = [1]"),
            "line 2, column 30: error: expected a list of 2147483648 elements, found '1]'");
  EXPECT_EQ(body_fault("const @c: f32[2147483648] = fill(1)"),
            "line 2, column 33: error: fill and random make more than 16777216 elements");
  EXPECT_EQ(body_fault("const @a: bool[16777216] = fill(1)\nconst @b: bool[] = random(1)"),
            "line 3, column 26: error: fill and random make more than 16777216 elements")
      << "all literals together";
}

TEST(Parser, StaysQuickOnHugeInput) {
  EXPECT_NE(fault_of(std::string(10'000'000, '(')), "");
  EXPECT_NE(fault_of("graph " + std::string(10'000'000, 'a')), "");
  EXPECT_NE(fault_of("graph g(%x: f32[" + std::string(1'000'000, '1')), "");
  EXPECT_NE(body_fault("%y = " + std::string(10'000'000, 'a') + "(%x)"), "");
  std::string chain = "%n0 = relu(%x)\n";
  for (int i = 1; i < 100000; ++i) {
    chain += "%n" + std::to_string(i) + " = relu(%n" + std::to_string(i - 1) + ")\n";
  }
  EXPECT_EQ(body_fault(chain + "%y = relu(%n99999)"), "");
}

TEST(Parser, RefusesQuotesThatDoNotEnd) {
  EXPECT_EQ(body_fault("%y = relu(%x) \"abc"), "line 2, column 15: error: text in quotes does not end on its line");
  EXPECT_EQ(body_fault(R"(%y = relu(%x) "a\n")"),
            R"(line 2, column 17: error: unknown escape (allowed: \", \\, \xNN with lower-case digits))");
}

TEST(Parser, RefusesPreprocessingOfAnythingButAnInput) {
  EXPECT_EQ(body_fault("%y = relu(%x) preprocess %y scale=1"),
            "line 2, column 26: error: only an input of the graph has preprocessing");
  EXPECT_EQ(body_fault("preprocess %x scale=1 preprocess %x scale=1"),
            "line 2, column 34: error: this input has preprocessing already");
  EXPECT_EQ(
      body_fault("preprocess %x order=gbr"),
      "line 2, column 12: error: preprocessing has no order=gbr (allowed: scale, mean, std, order=rgb, order=bgr)");
  EXPECT_EQ(body_fault("preprocess %x mean=0.5"), "line 2, column 12: error: '0.5' is not a list, as in [0.5,0.5,0.5]");
}

TEST(Parser, RefusesAnUnknownLayout) {
  EXPECT_EQ(fault_of("graph g(%x: f32[1] layout=nchw) -> (%x) {}"),
            "line 1, column 20: error: expected layout=channels_first or layout=channels_last");
}

TEST(Parser, RefusesElementsOfAbsentWeightsAndTooManyOfThem) {
  EXPECT_EQ(fault_of("graph g(%x: f32[1,2]) -> (%x) weights=absent { const @w: f32[1] = [1] }"),
            "line 1, column 65: error: expected a node, const, preprocess, class_names or '}', found '='");
  EXPECT_EQ(fault_of("graph g(%x: f32[1,2]) -> (%x) weights=present { }"),
            "line 1, column 31: error: expected 'weights=absent', found 'weights=present'");
  EXPECT_EQ(fault_of("graph g(%x: f32[1,2]) -> (%x) weights=absent {\nconst @a: f32[268435456]\nconst @b: f32[1]\n}"),
            "line 4, column 1: error: the constants have more than 268435456 elements in all");
}

}  // namespace
}  // namespace netfit::ir
