// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/row_products.h"

#include <cstring>

#include "exec/kernels/clones.h"

namespace netfit::quant {
namespace {

constexpr std::size_t kVector = 4;
using Vector [[gnu::vector_size(kVector * sizeof(double))]] = double;
static_assert(kSideBySide == 3 * kVector);

}  // namespace

NETFIT_CLONES void add_multiple(std::span<double> sums, double factor, const double* row) {
  double* sum = sums.data();
  const std::size_t count = sums.size();
  std::size_t j = 0;
  for (; j + kVector <= count; j += kVector) {
    Vector some;
    Vector elements;
    std::memcpy(&some, sum + j, sizeof some);
    std::memcpy(&elements, row + j, sizeof elements);
    some += factor * elements;
    std::memcpy(sum + j, &some, sizeof some);
  }
  for (; j < count; ++j) sum[j] += factor * row[j];
}

// Each vector's sum stays in a register, and the sums of several vectors do not wait for each other.
NETFIT_CLONES void multiply_side_by_side(const double* row, const double* vectors, std::size_t count,
                                         double* products) {
  Vector a{};
  Vector b{};
  Vector c{};
  for (std::size_t i = 0; i < count; ++i) {
    Vector elements[3];
    std::memcpy(elements, vectors + i * kSideBySide, sizeof elements);
    a += row[i] * elements[0];
    b += row[i] * elements[1];
    c += row[i] * elements[2];
  }
  const Vector sums[3] = {a, b, c};
  std::memcpy(products, sums, sizeof sums);
}

}  // namespace netfit::quant
