// SPDX-License-Identifier: Apache-2.0
#include "base/toml_text.h"

#include <gtest/gtest.h>

namespace netfit::base {
namespace {

std::string place(std::string_view text) {
  const Result<void> checked = check_toml_text(text, "f", 1000);
  return checked ? "fine" : checked.error().faults()[0].where.substr(2);
}

TEST(TomlText, AllowsAnyCharacterInStringsAndComments) {
  EXPECT_EQ(place(""), "fine");
  EXPECT_EQ(place("a = 1 # größer"), "fine");
  EXPECT_EQ(place("a = \"größer\"\nb = 'größer'"), "fine");
  EXPECT_EQ(place("a = \"\\\"ö\" # \"ö"), "fine");
  EXPECT_EQ(place("a = \"\"\"\nö \" \"\" ö\n\"\"\"\nb = '''ö\nö'''"), "fine");
  EXPECT_EQ(place("\"größer\" = 1"), "fine");
  EXPECT_EQ(place("\xEF\xBB\xBF"
                  "a = 1"),
            "fine");
}

TEST(TomlText, RefusesOtherCharactersElsewhere) {
  EXPECT_EQ(place("größe = 1"), "1:3");
  EXPECT_EQ(place("a = 1\nb = \"#\" ö"), "2:9");
  EXPECT_EQ(place("a = '\\' ö"), "1:9");
  EXPECT_EQ(place("a = \"never ends\nö = 1"), "2:1");
  EXPECT_EQ(place("a = \"\"\"x\"\"\" ö"), "1:13");
  EXPECT_EQ(place("a = 1 # ö\n\xC3"), "2:1");
}

TEST(TomlText, RefusesHeadersThatBeginWithNoName) {
  EXPECT_EQ(place("[*]"), "1:1");
  EXPECT_EQ(place("a = 1\n  [ [= b]"), "fine");  // the parser's own fault: the brackets are apart
  EXPECT_EQ(place("[[ ,a]]"), "1:1");
  EXPECT_EQ(place("[[[a]]]"), "1:1");
  EXPECT_EQ(place("[\n"), "1:1");
  EXPECT_EQ(place("[ a ]\n[[\"b\"]]\n['c'.d]\n[-]\n[]\n["), "fine");
  EXPECT_EQ(place("a = [\n  [1],\n  [ *]\n]"), "fine");
}

TEST(TomlText, BoundsSizeAndDepthOfKeys) {
  EXPECT_EQ(place(std::string(1000, ' ')), "fine");
  EXPECT_EQ(place(std::string(1001, ' ')), "1:1");
  EXPECT_EQ(place("a = 1\n" + std::string(64, '.')), "fine");
  EXPECT_EQ(place("a = 1\n" + std::string(65, '.')), "2:1");
  EXPECT_EQ(place("a = " + std::string(16, '[') + std::string(16, ']') + " # " + std::string(99, '[')), "fine");
  EXPECT_EQ(place("a = " + std::string(17, '[')), "1:21");
  EXPECT_EQ(place("[a]\n[[b]]\nc = '" + std::string(99, '{') + "'"), "fine");
}

}  // namespace
}  // namespace netfit::base
