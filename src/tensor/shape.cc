// SPDX-License-Identifier: Apache-2.0
#include "tensor/shape.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/check.h"

namespace netfit::tensor {

Shape::Shape(std::initializer_list<std::int64_t> dims) {
  Result<Shape> shape = create(std::vector<std::int64_t>(dims));
  NETFIT_CHECK(shape.has_value());
  *this = std::move(*shape);
}

Result<Shape> Shape::create(std::span<const std::int64_t> dims) {
  if (std::ssize(dims) > kMaxRank) {
    return bad_input(fmt::format("rank {} is above the limit of {}", dims.size(), kMaxRank));
  }
  std::int64_t elements = 1;
  for (const std::int64_t extent : dims) {
    if (extent < 0) return bad_input(fmt::format("dimension {} is negative", extent));
    // Empty extents count as 1, so that strides of an empty tensor do not overflow either.
    const std::int64_t steps = std::max<std::int64_t>(extent, 1);
    if (elements > kMaxElements / steps) {
      return bad_input(fmt::format("shape {} has more than {} elements", fmt::join(dims, "x"), kMaxElements));
    }
    elements *= steps;
  }
  Shape shape;
  shape.dims_.assign(dims.begin(), dims.end());
  return shape;
}

std::int64_t Shape::dim(int axis) const {
  const int index = axis < 0 ? axis + rank() : axis;
  NETFIT_CHECK(index >= 0 && index < rank());
  return dims_[static_cast<std::size_t>(index)];
}

std::int64_t Shape::element_count() const {
  std::int64_t count = 1;
  for (const std::int64_t extent : dims_) count *= extent;
  return count;
}

Shape Shape::with_dim(int axis, std::int64_t extent) const {
  NETFIT_CHECK(axis >= 0 && axis < rank());
  Shape shape = *this;
  shape.dims_[static_cast<std::size_t>(axis)] = extent;
  return shape;
}

std::string to_string(const Shape& shape) {
  if (shape.rank() == 0) return "scalar";
  return fmt::format("{}", fmt::join(shape.dims(), "x"));
}

std::vector<std::int64_t> strides(const Shape& shape) {
  std::vector<std::int64_t> result(static_cast<std::size_t>(shape.rank()));
  std::int64_t step = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    result[static_cast<std::size_t>(axis)] = step;
    step *= shape[axis];
  }
  return result;
}

Result<Shape> broadcast(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  std::vector<std::int64_t> dims(static_cast<std::size_t>(rank));
  for (int back = 1; back <= rank; ++back) {
    const std::int64_t left = back <= a.rank() ? a.dim(-back) : 1;
    const std::int64_t right = back <= b.rank() ? b.dim(-back) : 1;
    if (left != right && left != 1 && right != 1) {
      return bad_input(fmt::format("shapes {} and {} do not broadcast", to_string(a), to_string(b)));
    }
    dims[static_cast<std::size_t>(rank - back)] = left == 1 ? right : left;
  }
  return Shape::create(dims);
}

}  // namespace netfit::tensor
