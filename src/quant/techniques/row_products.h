// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace netfit::quant {

/// sums[j] += factor * row[j].
void add_multiple(std::span<double> sums, double factor, const double* row);

/// Vectors that are multiplied with the same row.
inline constexpr std::size_t kSideBySide = 12;

/// products[v] = sum over i < count of row[i] * vectors[i * kSideBySide + v], in the order of i.
void multiply_side_by_side(const double* row, const double* vectors, std::size_t count, double* products);

}  // namespace netfit::quant
