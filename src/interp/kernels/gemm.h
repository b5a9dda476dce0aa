// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

// The one inner loop of conv2d and fully_connected, in float and in wrapping integers.
namespace netfit::interp {

/// A matrix [outputs][depth] rearranged in blocks of kBlock outputs, each [depth][kBlock], the last one filled up with
/// zeros: so the innermost loop runs over outputs, and vectorizing it changes no order of summation.
template <typename T>
struct PackedMatrix {
  static constexpr std::int64_t kBlock = 16;

  std::int64_t outputs = 0;
  std::int64_t depth = 0;
  std::vector<T> blocks;

  /// `at(o, k)` gives the element of output o and depth k.
  template <typename At>
  static PackedMatrix pack(std::int64_t outputs, std::int64_t depth, const At& at) {
    PackedMatrix matrix{outputs, depth, {}};
    matrix.blocks.resize(static_cast<std::size_t>((outputs + kBlock - 1) / kBlock * kBlock * depth));
    for (std::int64_t o = 0; o < outputs; ++o) {
      T* column = matrix.blocks.data() + o / kBlock * kBlock * depth + o % kBlock;
      for (std::int64_t k = 0; k < depth; ++k) column[k * kBlock] = at(o, k);
    }
    return matrix;
  }
};

/// sums[i * stride + o] = sum over k of rows[i * depth + k] * matrix(o, k), added in ascending k from zero; so a result
/// depends neither on `count` nor on the machine.
void multiply_rows(const float* rows, std::int64_t count, const PackedMatrix<float>& matrix, float* sums,
                   std::int64_t stride);
void multiply_rows(const std::uint32_t* rows, std::int64_t count, const PackedMatrix<std::uint32_t>& matrix,
                   std::uint32_t* sums, std::int64_t stride);
void multiply_rows(const std::uint64_t* rows, std::int64_t count, const PackedMatrix<std::uint64_t>& matrix,
                   std::uint64_t* sums, std::int64_t stride);

}  // namespace netfit::interp
