// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/row_products.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"

namespace netfit::quant {
namespace {

std::vector<double> random_row(std::uint64_t seed, std::size_t count) {
  base::Random random(seed);
  std::vector<double> row;
  for (std::size_t i = 0; i < count; ++i) row.push_back(static_cast<double>(random.real(-1, 1)));
  return row;
}

TEST(AddMultiple, AddsToEveryElement) {
  const std::vector<double> row = random_row(1, 11);
  std::vector<double> sums = random_row(2, 11);
  const std::vector<double> before = sums;
  add_multiple(sums, -1.5, row.data());
  for (std::size_t j = 0; j < row.size(); ++j) EXPECT_EQ(sums[j], before[j] + -1.5 * row[j]);
}

TEST(MultiplySideBySide, GivesTheBitsOfOneSumAfterTheOther) {
  constexpr std::size_t kCount = 37;
  const std::vector<double> row = random_row(3, kCount);
  const std::vector<double> vectors = random_row(4, kCount * kSideBySide);
  std::array<double, kSideBySide> products;
  multiply_side_by_side(row.data(), vectors.data(), kCount, products.data());
  for (std::size_t v = 0; v < kSideBySide; ++v) {
    double expected = 0;
    for (std::size_t i = 0; i < kCount; ++i) expected += row[i] * vectors[i * kSideBySide + v];
    EXPECT_EQ(products[v], expected);
  }
}

}  // namespace
}  // namespace netfit::quant
