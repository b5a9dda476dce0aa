// SPDX-License-Identifier: Apache-2.0
#include "data/subset.h"

#include <numeric>
#include <set>

#include <gtest/gtest.h>

namespace netfit::data {
namespace {

// Sample i is the number i.
Dataset numbers(std::int64_t count) {
  std::vector<std::int32_t> elements(static_cast<std::size_t>(count));
  std::iota(elements.begin(), elements.end(), 0);
  Dataset dataset{.samples = Tensor::from(Shape{count, 1}, elements)};
  dataset.labels.assign(elements.begin(), elements.end());
  return dataset;
}

std::vector<std::int64_t> samples_of(const Dataset& dataset) { return tensor::to_int64s(dataset.samples); }

TEST(ChooseAndHoldOut, ChoosesWhatChooseSamplesDoes) {
  const Dataset all = numbers(1000);
  EXPECT_EQ(samples_of(choose_and_hold_out(all, 50, 100, 7).chosen), samples_of(choose_samples(all, 50, 7)));
  EXPECT_NE(samples_of(choose_samples(all, 50, 8)), samples_of(choose_samples(all, 50, 7)));
}

TEST(ChooseAndHoldOut, SharesNoSample) {
  const ChosenAndHeldOut both = choose_and_hold_out(numbers(1000), 50, 100, 7);
  std::set<std::int64_t> seen;
  for (const Dataset* dataset : {&both.chosen, &both.held_out}) {
    EXPECT_EQ(samples_of(*dataset), dataset->labels);
    seen.insert(dataset->labels.begin(), dataset->labels.end());
  }
  EXPECT_EQ(seen.size(), 150);
}

TEST(ChooseAndHoldOut, HoldsOutWhatIsLeft) {
  const ChosenAndHeldOut both = choose_and_hold_out(numbers(10), 7, 100, 0);
  EXPECT_EQ(both.chosen.count(), 7);
  EXPECT_EQ(both.held_out.count(), 3);
}

}  // namespace
}  // namespace netfit::data
