// SPDX-License-Identifier: Apache-2.0
#include "cli/answers/table.h"

#include <gtest/gtest.h>

namespace netfit::cli {
namespace {

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    widest = std::max(widest, end - begin);
    begin = end + 1;
  }
  return widest;
}

TEST(Table, AlignsColumnsAndLeavesNoTrailingBlanks) {
  Table table({{"name"}, {"count", Align::Right}, {"note"}});
  table.add({"a", "1", "x"});
  table.add({"longer", "1,000", ""});
  EXPECT_EQ(table.text(),
            "name    count  note\n"
            "a           1  x\n"
            "longer  1,000\n");
}

TEST(Table, CutsTheWidestTextColumnToStayWithinAHundredColumns) {
  Table table({{"layer"}, {"bytes", Align::Right}});
  table.add({std::string(150, 'n'), "123456"});
  EXPECT_EQ(widest_line(table.text()), 100U);
  EXPECT_NE(table.text().find("n...n"), std::string::npos);
}

TEST(Table, CutsSeveralWideColumns) {
  Table table({{"node"}, {"why"}, {"bytes", Align::Right}});
  table.add({std::string(150, 'n'), std::string(90, 'w'), "123456"});
  EXPECT_EQ(widest_line(table.text()), 100U);
  EXPECT_NE(table.text().find("n...n"), std::string::npos);
  EXPECT_NE(table.text().find("w...w"), std::string::npos);
}

TEST(Table, ShowsControlCharactersAsText) {
  Table table({{"layer"}});
  table.add({"a\x1b[31mb\n"});
  EXPECT_EQ(table.text(), "layer\na\\x1b[31mb\\x0a\n");
}

TEST(Grouped, PutsACommaAtEveryThirdDigit) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-1234), "-1,234");
}

}  // namespace
}  // namespace netfit::cli
