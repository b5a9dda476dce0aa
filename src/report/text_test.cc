// SPDX-License-Identifier: Apache-2.0
#include "report/text.h"

#include <gtest/gtest.h>

namespace netfit::report {
namespace {

TEST(Shown, LeavesOrdinaryNamesAlone) {
  EXPECT_EQ(shown("mobilenet_v2/conv<1>"), "mobilenet_v2/conv<1>");
  EXPECT_EQ(shown("größe 網路"), "größe 網路");
  EXPECT_EQ(shown(""), "");
}

TEST(Shown, MakesControlAndDirectionCharactersVisible) {
  EXPECT_EQ(shown("a\x1b[31mb\n"), "a\\u001b[31mb\\u000a");
  EXPECT_EQ(shown("a\u202egpj.exe"), "a\\u202egpj.exe");
  EXPECT_EQ(shown("a\u2066b\u200b"), "a\\u2066b\\u200b");
  EXPECT_EQ(shown(std::string("a\0b", 3)), "a\\u0000b");
}

TEST(Shown, MakesBytesThatAreNoUtf8Visible) {
  EXPECT_EQ(shown("a\xff\xfe"), "a\\xff\\xfe");
  EXPECT_EQ(shown("\xc3"), "\\xc3");
  EXPECT_EQ(shown("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(shown("\xc0\xaf"), "\\xc0\\xaf") << "an overlong slash";
  EXPECT_EQ(shown("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "half a surrogate pair";
  EXPECT_EQ(shown("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "beyond U+10FFFF";
}

TEST(Shown, CutsInTheMiddleByCharacters) {
  EXPECT_EQ(shown("abcdefghij", 10), "abcdefghij");
  EXPECT_EQ(shown("abcdefghijk", 10), "abcd…ghijk");
  EXPECT_EQ(shown("ääääääääääää", 5), "ää…ää");
  EXPECT_LT(shown(std::string(10'000, 'x')).size(), 80);
}

TEST(Markup, EscapesWhatEndsTextOrAttribute) {
  EXPECT_EQ(markup("<b a=\"1\" c='2'>&amp;"), "&lt;b a=&quot;1&quot; c=&#39;2&#39;&gt;&amp;amp;");
}

TEST(CsvField, QuotesWhatWouldEndIt) {
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
}

TEST(CsvField, NeverStartsAFormula) {
  for (const char* formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"}) {
    const std::string field = csv_field(formula);
    EXPECT_TRUE(field.starts_with('\'') || field.starts_with("\"'")) << field;
  }
  EXPECT_EQ(csv_field("=HYPERLINK(\"http://x\",\"y\")"), "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
  EXPECT_EQ(csv_field("a=b"), "a=b");
}

TEST(InsideScript, HoldsNoTagAndStaysTheSameJson) {
  EXPECT_EQ(inside_script(R"(["</script><!--&"])"), R"(["\u003c/script\u003e\u003c!--\u0026"])");
}

}  // namespace
}  // namespace netfit::report
