// SPDX-License-Identifier: Apache-2.0
#include "quant/observers/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.h"

namespace netfit::quant {
namespace {

const ir::ValueId kValue{0};

std::vector<float> random_elements(std::uint64_t seed, float low, float high) {
  base::Random random(seed);
  std::vector<float> elements;
  for (int i = 0; i < 10'000; ++i) elements.push_back(random.real(low, high));
  return elements;
}

void observe(HistogramObserver& histograms, const std::vector<float>& elements) {
  const auto [low, high] = std::ranges::minmax(elements);
  histograms.observe(kValue, {low, high}, Tensor::from(Shape{std::ssize(elements)}, elements));
}

std::int64_t count_between(const Histogram& histogram, double low, double high) {
  std::int64_t sum = 0;
  for (std::size_t bin = 0; bin < histogram.counts.size(); ++bin) {
    const double centre = histogram.centre(bin);
    if (low < centre && centre < high) sum += histogram.counts[bin];
  }
  return sum;
}

TEST(HistogramObserver, CountsEveryElementWhereItIs) {
  HistogramObserver histograms({kValue});
  std::vector<float> elements = random_elements(1, -0.3F, 6.0F);
  for (std::size_t i = 0; i < 5'000; ++i) elements[i] = 0.0F;
  observe(histograms, elements);
  const Histogram histogram = histograms.histogram(kValue, {-0.3F, 6.0F});
  EXPECT_EQ(histogram.counts.size(), HistogramObserver::kBins);
  EXPECT_EQ(histogram.total(), 10'000);
  for (const double end : {-0.1, 0.05, 0.7, 3.3, 5.9}) {
    const auto expected = std::ranges::count_if(elements, [&](float x) { return static_cast<double>(x) < end; });
    EXPECT_NEAR(static_cast<double>(count_between(histogram, -1, end)), static_cast<double>(expected), 8) << end;
  }
  EXPECT_GE(*std::ranges::max_element(histogram.counts), 5'000);
}

TEST(HistogramObserver, CountsTheSameInAnyOrderHoweverTheElementsGrow) {
  HistogramObserver rising({kValue});
  HistogramObserver falling({kValue});
  const std::vector<float> scales{0.0F, 1e-5F, 0.3F, 7.0F, 900.0F};
  for (std::size_t i = 0; i < scales.size(); ++i) {
    observe(rising, random_elements(i, -scales[i], 2 * scales[i]));
    const std::size_t last = scales.size() - 1 - i;
    observe(falling, random_elements(last, -scales[last], 2 * scales[last]));
  }
  const Histogram histogram = rising.histogram(kValue, {-900.0F, 1800.0F});
  EXPECT_EQ(histogram.counts, falling.histogram(kValue, {-900.0F, 1800.0F}).counts);
  EXPECT_EQ(histogram.total(), 50'000);
  EXPECT_NEAR(static_cast<double>(count_between(histogram, -2, 2)), 30'000 + 10'000 * 4.0 / 21 + 10'000 * 4.0 / 2700,
              250);
}

TEST(HistogramObserver, PutsWhatIsAllAlikeIntoOneBin) {
  for (const float element : {0.0F, 2.5F, -1e-38F, std::numeric_limits<float>::max()}) {
    HistogramObserver histograms({kValue});
    observe(histograms, std::vector<float>(100, element));
    const Histogram histogram = histograms.histogram(kValue, {element, element});
    EXPECT_EQ(*std::ranges::max_element(histogram.counts), 100) << element;
  }
}

TEST(HistogramObserver, LeavesOutWhatIsNotFiniteAndWhatNobodyWatches) {
  HistogramObserver histograms({kValue});
  const float nan = std::numeric_limits<float>::quiet_NaN();
  histograms.observe(kValue, {nan, nan}, Tensor::from(Shape{2}, std::vector{nan, 1.0F}));
  histograms.observe(ir::ValueId{7}, {0.0F, 1.0F}, Tensor::from(Shape{2}, std::vector{0.0F, 1.0F}));
  EXPECT_EQ(histograms.histogram(kValue, {0.0F, 1.0F}).total(), 0);
}

}  // namespace
}  // namespace netfit::quant
