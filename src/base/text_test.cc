// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace netfit::base {
namespace {

using Words = std::vector<std::string>;

TEST(Split, KeepsEmptyParts) {
  EXPECT_EQ(split("a,,b", ','), (Words{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (Words{""}));
  EXPECT_EQ(split(",", ','), (Words{"", ""}));
}

TEST(Join, IsTheReverseOfSplit) {
  EXPECT_EQ(join(Words{"a", "", "b"}, ", "), "a, , b");
  EXPECT_EQ(join(Words{}, ","), "");
  EXPECT_EQ(join(split("x/y/z", '/'), "/"), "x/y/z");
}

TEST(Trim, DropsBlanksAtBothEndsOnly) {
  EXPECT_EQ(trim(" \ta b\r\n"), "a b");
  EXPECT_EQ(trim(" \n "), "");
}

TEST(NearestWord, FindsTheCandidateWithTheFewestEdits) {
  const Words ops{"conv2d", "concat", "depthwise_conv2d"};
  EXPECT_EQ(nearest_word("conv2", ops), "conv2d");
  EXPECT_EQ(nearest_word("concta", ops), "concat");
  EXPECT_EQ(nearest_word("depthwiseconv2d", ops), "depthwise_conv2d");
}

TEST(NearestWord, FindsNothingThatIsFarOff) {
  EXPECT_EQ(nearest_word("softmax", Words{"conv2d", "relu"}), std::nullopt);
  EXPECT_EQ(nearest_word("add", Words{"div"}), std::nullopt);
  EXPECT_EQ(nearest_word("x", Words{}), std::nullopt);
}

TEST(NearestWord, IsQuickForAHugeWord) {
  EXPECT_EQ(nearest_word(std::string(50'000'000, 'a'), Words{"add", "sub"}), std::nullopt);
}

TEST(Printable, ShowsControlCharactersAndKeepsOtherText) {
  EXPECT_EQ(printable("a\nb\x1b[31m\x7f"), "a\\x0ab\\x1b[31m\\x7f");
  EXPECT_EQ(printable("größe"), "größe");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
}

TEST(Printable, CutsLongText) {
  EXPECT_EQ(printable("abcdef", 3), "abc...");
  EXPECT_EQ(printable("abc", 3), "abc");
}

}  // namespace
}  // namespace netfit::base
