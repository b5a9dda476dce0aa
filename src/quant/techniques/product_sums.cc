// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/product_sums.h"

#include <algorithm>
#include <cstring>

#include "base/parallel.h"
#include "exec/kernels/clones.h"

namespace netfit::quant {
namespace {

constexpr std::size_t kTileRows = 4;
constexpr std::size_t kVector = 8;
constexpr std::size_t kTileColumns = 2 * kVector;
// Rows whose products are summed in float; as many as stay in the second-level cache.
constexpr std::size_t kBlock = 128;

using Vector [[gnu::vector_size(kVector * sizeof(float))]] = float;

// One tile of sums over one block of rows. Each sum has a name of its own, so that it stays in a register.
NETFIT_CLONES void add_tile(const float* const* rows, std::size_t count, std::size_t a, std::size_t b, float* tile) {
  Vector s0{}, s1{}, s2{}, s3{}, t0{}, t1{}, t2{}, t3{};
  for (std::size_t r = 0; r < count; ++r) {
    const float* left = rows[r] + a;
    Vector first;
    Vector second;
    std::memcpy(&first, rows[r] + b, sizeof first);
    std::memcpy(&second, rows[r] + b + kVector, sizeof second);
    s0 += left[0] * first;
    t0 += left[0] * second;
    s1 += left[1] * first;
    t1 += left[1] * second;
    s2 += left[2] * first;
    t2 += left[2] * second;
    s3 += left[3] * first;
    t3 += left[3] * second;
  }
  const Vector sums[kTileRows][2] = {{s0, t0}, {s1, t1}, {s2, t2}, {s3, t3}};
  std::memcpy(tile, sums, sizeof sums);
}

}  // namespace

// Behind the last column of a row lies room for a tile that starts there.
RowMatrix::RowMatrix(std::size_t rows, std::size_t columns)
    : rows_(rows),
      columns_(columns),
      stride_((columns + kTileColumns + kVector - 1) / kVector * kVector),
      elements_(rows * stride_, 0.0F) {}

std::vector<double> sum_products(const RowMatrix& matrix, std::span<const std::int32_t> rows, Columns a, Columns b,
                                 int threads) {
  std::vector<double> sums(a.count * b.count, 0.0);
  std::vector<const float*> starts;
  for (const std::int32_t row : rows) starts.push_back(matrix.row(static_cast<std::size_t>(row)));
  const bool symmetric = a.first == b.first && a.count == b.count;
  const auto add_strip = [&](std::span<const float* const> block, std::size_t i0) {
    float tile[kTileRows * kTileColumns];
    for (std::size_t j0 = symmetric ? i0 / kTileColumns * kTileColumns : 0; j0 < b.count; j0 += kTileColumns) {
      add_tile(block.data(), block.size(), a.first + i0, b.first + j0, tile);
      for (std::size_t i = 0; i < std::min(kTileRows, a.count - i0); ++i) {
        for (std::size_t j = 0; j < std::min(kTileColumns, b.count - j0); ++j) {
          sums[(i0 + i) * b.count + j0 + j] += static_cast<double>(tile[i * kTileColumns + j]);
        }
      }
    }
  };
  // A worker takes every so many strips, block by block, so that a block is read from memory once a worker.
  const auto workers = static_cast<std::size_t>(std::max(threads, 1));
  const auto work = [&](std::int64_t first_strip, int) -> Result<void> {
    for (std::size_t first = 0; first < starts.size(); first += kBlock) {
      const std::span<const float* const> block =
          std::span(starts).subspan(first).first(std::min(kBlock, starts.size() - first));
      for (std::size_t i0 = static_cast<std::size_t>(first_strip) * kTileRows; i0 < a.count;
           i0 += workers * kTileRows) {
        add_strip(block, i0);
      }
    }
    return {};
  };
  static_cast<void>(base::parallel_for(static_cast<std::int64_t>(workers), threads, work));
  for (std::size_t i = 0; symmetric && i < a.count; ++i) {
    for (std::size_t j = 0; j < i; ++j) sums[i * b.count + j] = sums[j * b.count + i];
  }
  return sums;
}

}  // namespace netfit::quant
