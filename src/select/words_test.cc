// SPDX-License-Identifier: Apache-2.0
#include "select/words.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"
#include "select/parse_limit.h"
#include "select/test_options.h"

namespace netfit::select {
namespace {

TEST(Words, ShowFourDigitsInTheUnitThatFits) {
  EXPECT_EQ(in_words(Limited::Flash, 501'043), "489.3 KiB");
  EXPECT_EQ(in_words(Limited::Flash, 524'288), "512 KiB");
  EXPECT_EQ(in_words(Limited::PeakRam, 0), "0 bytes");
  EXPECT_EQ(in_words(Limited::PeakRam, 1023), "1023 bytes");
  EXPECT_EQ(in_words(Limited::Latency, 0.0123), "12.3 us");
  EXPECT_EQ(in_words(Limited::Latency, 45.256), "45.26 ms");
  EXPECT_EQ(in_words(Limited::Latency, 123'456), "123.5 s");
  EXPECT_EQ(in_words(Limited::Duty, 1.2), "120 %");
  EXPECT_EQ(in_words(Quantity::Macs, 12'500'000), "12.5 M");
}

TEST(Words, ShowAsManyDigitsAsTheComparisonNeeds) {
  EXPECT_EQ(against_limit({Limited::Latency, 200}, 45), "45 ms, 200 ms allowed");
  EXPECT_EQ(against_limit({Limited::Latency, 200}, 200), "200 ms, 200 ms allowed");
  EXPECT_EQ(against_limit({Limited::Latency, 200}, 200.004), "200.004 ms, 200 ms allowed, 4 us missing");
  EXPECT_EQ(against_limit({Limited::Flash, 102'400}, 524'288), "512 KiB, 100 KiB allowed, 412 KiB missing");
  EXPECT_EQ(against_limit({Limited::Top1, 94}, 93.99999), "93.99999 %, 94 % demanded, 0.00001 % missing");
}

TEST(Words, NeverShowAFigureOnTheWrongSideOfItsLimit) {
  base::Random random(11);
  for (int i = 0; i < 10'000; ++i) {
    for (const Limited limited : {Limited::Latency, Limited::Flash, Limited::Power, Limited::Top1}) {
      const double allowed = static_cast<double>(random.integer(1, 100'000)) / 1024.0;
      const double figure = allowed * (1.0 + static_cast<double>(random.real(-1.0F, 1.0F)) * (i % 2 == 0 ? 0.5 : 1e-6));
      if (limited == Limited::Top1 && figure > 100.0) continue;
      const std::string text = against_limit({limited, allowed}, figure);
      const std::vector<std::string> parts = base::split(text, ',');
      const Result<Limit> shown = parse_limit(limited, parts[0], "figure");
      const Result<Limit> limit = parse_limit(limited, parts[1].substr(0, parts[1].rfind(' ')), "limit");
      ASSERT_TRUE(shown && limit) << text;
      const bool holds = shortfall(figure, {limited, allowed}) <= 0.0;
      EXPECT_EQ(shortfall(shown->allowed, *limit) <= 0.0, holds) << text;
      EXPECT_EQ(parts.size(), holds ? 2U : 3U) << text;
    }
  }
}

TEST(Words, RoundWhatIsEnoughToTheSafeSide) {
  base::Random random(5);
  for (int i = 0; i < 10'000; ++i) {
    for (const Limited limited :
         {Limited::Latency, Limited::PeakRam, Limited::Energy, Limited::Power, Limited::Duty, Limited::Top1}) {
      const double figure = limited == Limited::Top1 ? static_cast<double>(random.real(1e-3F, 100.0F))
                                                     : static_cast<double>(random.real(1e-3F, 10.0F)) *
                                                           static_cast<double>(1LL << random.integer(0, 20));
      const std::string enough = enough_in_words(limited, figure);
      const Result<Limit> limit = parse_limit(limited, enough, "test");
      ASSERT_TRUE(limit) << limit.error().text();
      EXPECT_LE(shortfall(figure, *limit), 0.0) << enough << " for " << figure;
      EXPECT_NEAR(limit->allowed / figure, 1.0, 0.002) << enough << " for " << figure;
    }
  }
}

TEST(Words, SayWhatChanges) {
  const Option from = make_option(
      "a", {{Quantity::Latency, 100}, {Quantity::Flash, 1000}, {Quantity::PeakRam, 100}, {Quantity::Top1, 92.5}});
  const Option to = make_option(
      "b", {{Quantity::Latency, 40}, {Quantity::Flash, 505}, {Quantity::PeakRam, 25}, {Quantity::Top1, 92.4}});
  EXPECT_EQ(change_in_words(from, to), "2.50x faster, quarters peak RAM, halves flash, -0.10 points");
  EXPECT_EQ(change_in_words(to, from), "2.50x slower, 4.00x peak RAM, 1.98x flash, +0.10 points");
  EXPECT_EQ(change_in_words(from, from), "");
  EXPECT_EQ(change_in_words(from, make_option("no figures", {})), "");
}

}  // namespace
}  // namespace netfit::select
