// SPDX-License-Identifier: Apache-2.0
#include "select/parse_limit.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace netfit::select {
namespace {

TEST(ParseLimit, ReadsNumbersWithTheirUnits) {
  struct Case {
    Limited limited;
    const char* text;
    double allowed;
  };
  const std::vector<Case> cases{
      {Limited::Latency, "200ms", 200},     {Limited::Latency, "1s", 1000},
      {Limited::Latency, "1.5 s", 1500},    {Limited::Latency, "250us", 0.25},
      {Limited::PeakRam, "512KiB", 524288}, {Limited::Flash, "1MiB", 1048576},
      {Limited::Flash, "1 MB", 1e6},        {Limited::Flash, "1000B", 1000},
      {Limited::Power, "200mW", 200},       {Limited::Power, "15W", 15000},
      {Limited::Energy, "2mJ", 2},          {Limited::Top1, "94", 94},
      {Limited::Top1, "94.5%", 94.5},       {Limited::Top1, "0", 0},
      {Limited::Latency, " 5ms ", 5},
  };
  for (const Case& good : cases) {
    const Result<Limit> limit = parse_limit(good.limited, good.text, "--max");
    ASSERT_TRUE(limit) << limit.error().text();
    EXPECT_DOUBLE_EQ(limit->allowed, good.allowed) << good.text;
    EXPECT_EQ(limit->limited, good.limited);
  }
  EXPECT_EQ(parse_rate("5/s", "--rate").value(), 5);
  EXPECT_DOUBLE_EQ(parse_rate("30/min", "--rate").value(), 0.5);
  EXPECT_EQ(parse_rate("2Hz", "--rate").value(), 2);
  EXPECT_EQ(parse_confidence("0.9", "--confidence").value(), Judge::BadEnd);
}

TEST(ParseLimit, RefusesTheRestWithGivenAndAllowed) {
  const auto message = [](Limited limited, const char* text) {
    const Result<Limit> limit = parse_limit(limited, text, "--max-x");
    return limit ? "accepted" : limit.error().text();
  };
  const std::string bytes = "(allowed: B, bytes, KiB, MiB, GiB, kB, MB, GB)";
  EXPECT_EQ(message(Limited::PeakRam, "512"), "--max-x: error: '512' has no unit " + bytes);
  EXPECT_EQ(message(Limited::PeakRam, "512kib"), "--max-x: error: '512kib' has the unit 'kib' " + bytes);
  EXPECT_EQ(message(Limited::PeakRam, "5ms"), "--max-x: error: '5ms' has the unit 'ms' " + bytes);
  EXPECT_EQ(message(Limited::Latency, "-5ms"), "--max-x: error: '-5ms' is negative (allowed: more than 0)");
  EXPECT_EQ(message(Limited::Latency, "0ms"), "--max-x: error: '0ms' is zero (allowed: more than 0)");
  EXPECT_EQ(message(Limited::Latency, "1e308s"), "--max-x: error: '1e308s' is too large (allowed: more than 0)");
  EXPECT_EQ(message(Limited::Top1, "101"), "--max-x: error: '101' is over 100 (allowed: 0 to 100)");
  EXPECT_EQ(message(Limited::Top1, "-1"), "--max-x: error: '-1' is negative (allowed: more than 0)");
  for (const char* text : {"", "ms", "fast", "nan", "inf", "nanms", "infms", "1e999ms", "+5ms", "--5ms"}) {
    EXPECT_TRUE(
        message(Limited::Latency, text).ends_with("is not a number with a unit (allowed units: us, ms, s, m, min)"))
        << message(Limited::Latency, text);
  }
  EXPECT_NE(message(Limited::Latency, "5 ms 3"), "accepted");
  EXPECT_NE(message(Limited::Latency, "0x5ms"), "accepted");
  EXPECT_EQ(message(Limited::Latency, "5\x1b[31m"),
            "--max-x: error: '5\\x1b[31m' has the unit '\\x1b[31m' (allowed: us, ms, s, m, min)");
  EXPECT_EQ(parse_rate("5", "--rate").error().text(), "--rate: error: '5' has no unit (allowed: /s, /min, /h, Hz)");
  EXPECT_EQ(parse_rate("5ms", "--rate").error().kind(), ErrorKind::BadUsage);
  EXPECT_EQ(parse_confidence("0.95", "--confidence").error().text(),
            "--confidence: error: '0.95' is not a known confidence (allowed: 0.9)");
}

}  // namespace
}  // namespace netfit::select
