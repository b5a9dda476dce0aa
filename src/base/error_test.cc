// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <memory>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/result.h"

namespace netfit::base {
namespace {

TEST(Error, ShowsFaultsThenNotesThenHints) {
  Error error = Error(ErrorKind::BadInput, "extent 3 is odd").at("node 'c'").hint("pad it").note("while reading 'm'");
  EXPECT_EQ(error.text(), "node 'c': error: extent 3 is odd\n  note: while reading 'm'\n  hint: pad it");
}

TEST(Error, ShowsAFaultWithoutPlaceWithoutColon) {
  EXPECT_EQ(Error(ErrorKind::BadUsage, "no such flag").text(), "error: no such flag");
}

TEST(Error, KeepsTheInnermostPlace) {
  Error error = Error(ErrorKind::BadInput, "broken").at("inner").at("outer");
  EXPECT_EQ(error.text(), "inner: error: broken");
}

TEST(Error, GivesAPlaceOnlyToFaultsThatHaveNone) {
  Error error = Error(ErrorKind::BadInput, {{"here", "one"}, {"", "two"}}).at("there");
  EXPECT_EQ(error.text(), "here: error: one\nthere: error: two");
}

Result<int> half(int number) {
  if (number % 2 != 0) return bad_input("odd");
  return number / 2;
}

Result<int> quarter(int number) {
  const int first = NETFIT_TRY(half(number));
  const int second = NETFIT_TRY(half(first));
  return second;
}

Result<void> check_even(int number) {
  NETFIT_TRY(half(number));
  return {};
}

TEST(Try, GivesTheValueOfASuccess) { EXPECT_EQ(quarter(12).value(), 3); }

TEST(Try, ReturnsTheFirstFailure) {
  EXPECT_EQ(quarter(6).error().what(), "odd");
  EXPECT_TRUE(check_even(2).has_value());
  EXPECT_EQ(check_even(3).error().what(), "odd");
}

TEST(Try, MovesWhatCannotBeCopied) {
  const auto make = [](bool good) -> Result<std::unique_ptr<int>> {
    if (!good) return bad_input("none");
    return std::make_unique<int>(7);
  };
  const auto pass_on = [&](bool good) -> Result<std::unique_ptr<int>> {
    std::unique_ptr<int> held = NETFIT_TRY(make(good));
    return held;
  };
  EXPECT_EQ(*pass_on(true).value(), 7);
  EXPECT_FALSE(pass_on(false).has_value());
}

TEST(WithContext, AddsANoteToFailuresOnly) {
  EXPECT_EQ(with_context(half(3), "while halving").error().text(), "error: odd\n  note: while halving");
  EXPECT_EQ(with_context(half(4), "while halving").value(), 2);
}

TEST(Diagnostics, FailsWithEveryFaultAndSucceedsWithNone) {
  Diagnostics faults;
  EXPECT_TRUE(faults.result().has_value());
  faults.error("a", "first");
  faults.error("b", "second");
  EXPECT_EQ(faults.result(ErrorKind::CheckFailed).error().text(), "a: error: first\nb: error: second");
  EXPECT_EQ(faults.result(ErrorKind::CheckFailed).error().kind(), ErrorKind::CheckFailed);
}

}  // namespace
}  // namespace netfit::base
