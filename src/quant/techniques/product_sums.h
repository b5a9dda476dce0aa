// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace netfit::quant {

/// Rows of floats, each padded so that a block of columns can be read whole.
class RowMatrix {
 public:
  RowMatrix(std::size_t rows, std::size_t columns);
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  float* row(std::size_t i) { return elements_.data() + i * stride_; }
  const float* row(std::size_t i) const { return elements_.data() + i * stride_; }

 private:
  std::size_t rows_;
  std::size_t columns_;
  std::size_t stride_;
  std::vector<float> elements_;
};

/// Columns [first, first + count) of a matrix.
struct Columns {
  std::size_t first;
  std::size_t count;
};

/// sums[i * b.count + j] = sum over `rows` of row[a.first + i] * row[b.first + j]. Sums of 128 products are taken in
/// float, those of the sums in double, in the order of `rows`.
std::vector<double> sum_products(const RowMatrix& matrix, std::span<const std::int32_t> rows, Columns a, Columns b,
                                 int threads);

}  // namespace netfit::quant
