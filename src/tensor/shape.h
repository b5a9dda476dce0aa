// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace netfit::tensor {

inline constexpr int kMaxRank = 8;
/// No tensor has more elements; keeps sizes in bytes far from overflow.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 31;

/// Extents of a tensor, outermost first. Rank 0 is a scalar. Every extent is at least 0.
class Shape {
 public:
  Shape() = default;
  /// For shapes that our own code makes; an impossible one is a bug.
  Shape(std::initializer_list<std::int64_t> dims);
  /// For shapes from outside: fails on rank above 8, a negative extent, or more than 2^31 elements.
  static Result<Shape> create(std::span<const std::int64_t> dims);

  int rank() const { return static_cast<int>(dims_.size()); }
  std::int64_t operator[](int axis) const { return dims_[static_cast<std::size_t>(axis)]; }
  /// Counts from the end when negative: back() is dim(-1).
  std::int64_t dim(int axis) const;
  std::span<const std::int64_t> dims() const { return dims_; }
  std::int64_t element_count() const;

  /// The same shape with one extent replaced.
  Shape with_dim(int axis, std::int64_t extent) const;

  friend bool operator==(const Shape&, const Shape&) = default;

 private:
  std::vector<std::int64_t> dims_;
};

/// "1x32x32x3"; a scalar is "scalar".
std::string to_string(const Shape& shape);

/// Distance in elements between neighbours along each axis, row-major.
std::vector<std::int64_t> strides(const Shape& shape);

/// numpy's rule: aligned at the last axis, extents equal or 1.
Result<Shape> broadcast(const Shape& a, const Shape& b);

}  // namespace netfit::tensor

namespace netfit {
using tensor::Shape;
}
