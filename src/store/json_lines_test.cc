// SPDX-License-Identifier: Apache-2.0
#include "store/json_lines.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/content_key.h"
#include "store/test_runs.h"

namespace netfit::store {
namespace {

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(JsonLines, ComeBackAsTheyWere) {
  std::vector<store::Run> runs{sample_run(1), sample_run(2), sample_run(3)};
  const std::string text = write_json_lines(runs, Times::Keep);
  std::ranges::sort(runs, {}, content_key);
  EXPECT_EQ(read_json_lines(text, "runs.jsonl").value(), runs);
  EXPECT_EQ(write_json_lines(read_json_lines(text, "").value(), Times::Keep), text);
}

TEST(JsonLines, AreTheSameBytesInAnyOrder) {
  const std::vector<store::Run> runs{sample_run(1), sample_run(2), sample_run(3)};
  const std::vector<store::Run> shuffled{runs[2], runs[0], runs[1]};
  EXPECT_EQ(write_json_lines(runs, Times::Keep), write_json_lines(shuffled, Times::Keep));
}

TEST(JsonLines, AreTheSameBytesAtAnyTimeWithoutTimes) {
  store::Run later = sample_run();
  later.created = "2027-01-01T00:00:00Z";
  later.duration_ms = 9.0;
  EXPECT_NE(write_json_lines({{later}}, Times::Keep), write_json_lines({{sample_run()}}, Times::Keep));
  EXPECT_EQ(write_json_lines({{later}}, Times::Drop), write_json_lines({{sample_run()}}, Times::Drop));
}

TEST(JsonLines, MayLackTimesAndHoldBlankLinesAndCarriageReturns) {
  const std::string line = write_record(sample_run(), Times::Drop);
  store::Run timeless = sample_run();
  timeless.created = "";
  timeless.duration_ms = 0;
  EXPECT_EQ(read_json_lines("\n" + line + "\r\n  \n", "x").value(), std::vector<store::Run>{timeless});
  EXPECT_TRUE(read_json_lines("", "x")->empty());
}

TEST(JsonLines, NameEveryFaultyLine) {
  const std::string good = write_record(sample_run(), Times::Keep);
  struct Case {
    std::string line;
    std::string message;
  };
  const std::vector<Case> cases{
      {"{", "is not valid JSON"},
      {"[1]", "is not a JSON object"},
      {std::string(100'000, '['), "is nested deeper than 4 levels"},
      {"{}", "'schema' is missing"},
      {replaced(good, "\"schema\":1", "\"schema\":2"), "'schema' is 2 (allowed: 1)"},
      {replaced(good, "\"seed\"", "\"sead\""), "'sead' is not a known field"},
      {replaced(good, "\"seed\":1,", ""), "'seed' is missing"},
      {replaced(good, "\"seed\":1", "\"seed\":-1"), "'seed' is not a whole number from 0 to 2^64 - 1"},
      {replaced(good, "\"threads\":1", "\"threads\":1.5"), "'threads' is not a whole number of 64 bits"},
      {replaced(good, "\"threads\":1", "\"threads\":18446744073709551615"),
       "'threads' is not a whole number of 64 bits"},
      {replaced(good, "\"threads\":1", "\"threads\":0"), "'threads' is 0 (allowed: 1 or more)"},
      {replaced(good, "\"model\":\"cnn_small\"", "\"model\":7"), "'candidate.model' is not a text"},
      {replaced(good, "\"model\":\"cnn_small\"", "\"model\":{\"hex\":\"fg\"}"),
       "'candidate.model' is not pairs of hexadecimal digits"},
      {replaced(good, "\"device\":{", "\"device\":{\"core\":1,"), "'device.core' is not a known field"},
      {replaced(good, "\"quantity\":\"top1\"", "\"quantity\":\"top5\""), "'top5' is not a known quantity"},
      {replaced(good, "\"source\":\"measured\"", "\"source\":\"guessed\""), "'guessed' is not a known source"},
      {replaced(good, "[\"fold\",\"yes\"]", "[\"fold\"]"),
       "an entry of 'candidate.recipe' is not a pair of name and value"},
      {replaced(good, "\"value\":92.5", "\"value\":99.5"),
       "the reading of top1 is outside its interval: 99.5 in [91.9, 93]"},
      {replaced(good, "\"value\":92.5", "\"value\":1e999"), "is not valid JSON"},
      {replaced(good, "\"readings\":[", "\"readings\":[3,"), "'readings' is not a JSON object"},
      {replaced(good, "\"layers\":[", "\"layers\":[3,"), "'layers' is not a JSON object"},
      {replaced(good, "\"layers\":[", "\"layers\":{},\"duration_ms\":["), "'layers' is not a list"},
      {replaced(good, "\"macs\":0,", ""), "'layers.macs' is missing"},
      {replaced(good, "\"macs\":0,", "\"macs\":0,\"cycles\":1,"), "'layers.cycles' is not a known field"},
      {replaced(good, "\"utilisation\":0.41", "\"utilisation\":-0.5"),
       "a figure of layer 'conv_0' is -0.5 (allowed: 0 or more)"},
      {replaced(good, "\"live_bytes\":20480", "\"live_bytes\":-1"), "a count of layer 'pool_1' is negative"},
      {replaced(good, "stm32h747", "apple-m1"), ""},
  };
  for (const Case& fault : cases) {
    const Result<std::vector<store::Run>> runs = read_json_lines(good + "\n" + fault.line + "\n", "runs.jsonl");
    ASSERT_FALSE(runs) << fault.message;
    if (!fault.message.empty()) {
      EXPECT_EQ(runs.error().text(), "runs.jsonl:2: error: " + fault.message);
    }
  }
}

TEST(JsonLines, RefuseAKeyThatIsNotTheContents) {
  const std::string line = replaced(write_record(sample_run(), Times::Keep), "stm32h747", "apple-m1");
  store::Run other = sample_run();
  other.device.name = "apple-m1";
  EXPECT_EQ(read_json_lines(line, "f").error().text(), "f:1: error: 'key' is '" + content_key(sample_run()) +
                                                           "', but the content's key is '" + content_key(other) + "'");
}

TEST(JsonLines, RefuseOtherResultsForTheSameKeyButNotTheSameLineTwice) {
  store::Run other = sample_run();
  other.readings.pop_back();
  const std::string line = write_record(sample_run(), Times::Keep) + "\n";
  EXPECT_EQ(read_json_lines(line + line, "f")->size(), 1U);
  EXPECT_EQ(read_json_lines(line + write_record(other, Times::Keep), "f").error().text(),
            "f:2: error: has the key of line 1, but other results");
}

TEST(JsonLines, ListTwentyFaultsAndNoMore) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "broken\n";
  const Result<std::vector<store::Run>> runs = read_json_lines(text, "f");
  ASSERT_FALSE(runs);
  EXPECT_EQ(runs.error().faults().size(), 20U);
  EXPECT_EQ(runs.error().faults().back().where, "f:20");
}

TEST(JsonLines, SurviveEveryCutAndEveryFlippedByte) {
  const std::string line = write_record(sample_run(), Times::Keep);
  for (std::size_t i = 0; i < line.size(); ++i) {
    EXPECT_FALSE(read_json_lines(line.substr(0, i), "f").value_or(std::vector<store::Run>{}).size());
    std::string flipped = line;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x81);
    static_cast<void>(read_json_lines(flipped, "f"));
  }
}

}  // namespace
}  // namespace netfit::store
