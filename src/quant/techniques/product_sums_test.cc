// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/product_sums.h"

#include <numeric>

#include <gtest/gtest.h>

#include "base/random.h"

namespace netfit::quant {
namespace {

RowMatrix random_matrix(std::size_t rows, std::size_t columns) {
  RowMatrix matrix(rows, columns);
  base::Random random(5);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < columns; ++j) matrix.row(i)[j] = random.real(-1, 1);
  }
  return matrix;
}

void expect_sums(const RowMatrix& matrix, const std::vector<std::int32_t>& rows, Columns a, Columns b) {
  const std::vector<double> sums = sum_products(matrix, rows, a, b, 1);
  ASSERT_EQ(sums.size(), a.count * b.count);
  for (std::size_t i = 0; i < a.count; ++i) {
    for (std::size_t j = 0; j < b.count; ++j) {
      double expected = 0;
      for (const std::int32_t row : rows) {
        const float* elements = matrix.row(static_cast<std::size_t>(row));
        expected += static_cast<double>(elements[a.first + i]) * static_cast<double>(elements[b.first + j]);
      }
      EXPECT_NEAR(sums[i * b.count + j], expected, 1e-3) << i << " " << j;
    }
  }
  EXPECT_EQ(sum_products(matrix, rows, a, b, 3), sums);
}

TEST(SumProducts, AddsUpOverTheChosenRows) {
  const RowMatrix matrix = random_matrix(300, 43);
  std::vector<std::int32_t> all(300);
  std::iota(all.begin(), all.end(), 0);
  expect_sums(matrix, all, {0, 37}, {0, 37});
  expect_sums(matrix, all, {3, 5}, {38, 1});
  expect_sums(matrix, {7, 9, 250}, {0, 18}, {20, 23});
  expect_sums(matrix, {}, {0, 3}, {0, 3});
}

}  // namespace
}  // namespace netfit::quant
