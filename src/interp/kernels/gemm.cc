// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/gemm.h"

#include <algorithm>

// Each tile keeps the sums of kRows rows and kBlock outputs in registers while it walks down the depth; the compiler
// vectorizes over the outputs. The clones differ in vector width only: without fused multiply-add (-ffp-contract=off)
// both give the same bits.
namespace netfit::interp {
namespace {

constexpr std::int64_t kRows = 4;

template <typename T, int kCount>
[[gnu::always_inline]] inline void multiply_tile(const T* rows, std::int64_t depth, const T* block, T* sums,
                                                 std::int64_t stride, std::int64_t outputs) {
  constexpr std::int64_t kBlock = PackedMatrix<T>::kBlock;
  T tile[kCount][kBlock] = {};
  for (std::int64_t k = 0; k < depth; ++k) {
    const T* weights = block + k * kBlock;
    for (int i = 0; i < kCount; ++i) {
      const T factor = rows[i * depth + k];
      for (int o = 0; o < kBlock; ++o) tile[i][o] += factor * weights[o];
    }
  }
  for (int i = 0; i < kCount; ++i) {
    for (std::int64_t o = 0; o < outputs; ++o) sums[i * stride + o] = tile[i][o];
  }
}

template <typename T>
[[gnu::always_inline]] inline void multiply_all(const T* rows, std::int64_t count, const PackedMatrix<T>& matrix,
                                                T* sums, std::int64_t stride) {
  constexpr std::int64_t kBlock = PackedMatrix<T>::kBlock;
  const std::int64_t depth = matrix.depth;
  for (std::int64_t o = 0; o < matrix.outputs; o += kBlock) {
    const T* block = matrix.blocks.data() + o * depth;
    const std::int64_t outputs = std::min(kBlock, matrix.outputs - o);
    std::int64_t i = 0;
    for (; i + kRows <= count; i += kRows) {
      multiply_tile<T, kRows>(rows + i * depth, depth, block, sums + i * stride + o, stride, outputs);
    }
    for (; i < count; ++i) {
      multiply_tile<T, 1>(rows + i * depth, depth, block, sums + i * stride + o, stride, outputs);
    }
  }
}

}  // namespace

#if defined(__x86_64__)
[[gnu::target_clones("avx2", "default")]]
#endif
void multiply_rows(const float* rows, std::int64_t count, const PackedMatrix<float>& matrix, float* sums,
                   std::int64_t stride) {
  multiply_all(rows, count, matrix, sums, stride);
}

#if defined(__x86_64__)
[[gnu::target_clones("avx2", "default")]]
#endif
void multiply_rows(const std::uint32_t* rows, std::int64_t count, const PackedMatrix<std::uint32_t>& matrix,
                   std::uint32_t* sums, std::int64_t stride) {
  multiply_all(rows, count, matrix, sums, stride);
}

#if defined(__x86_64__)
[[gnu::target_clones("avx2", "default")]]
#endif
void multiply_rows(const std::uint64_t* rows, std::int64_t count, const PackedMatrix<std::uint64_t>& matrix,
                   std::uint64_t* sums, std::int64_t stride) {
  multiply_all(rows, count, matrix, sums, stride);
}

}  // namespace netfit::interp
