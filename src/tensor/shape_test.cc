// SPDX-License-Identifier: Apache-2.0
#include "tensor/shape.h"

#include <limits>

#include <gtest/gtest.h>

namespace netfit::tensor {
namespace {

std::string fault_of(const std::vector<std::int64_t>& dims) {
  const Result<Shape> shape = Shape::create(dims);
  return shape ? "" : shape.error().what();
}

TEST(Shape, CountsElements) {
  EXPECT_EQ((Shape{2, 3, 4}).element_count(), 24);
  EXPECT_EQ(Shape{}.element_count(), 1);
  EXPECT_EQ((Shape{5, 0}).element_count(), 0);
}

TEST(Shape, AcceptsExactlyTheLimit) {
  EXPECT_EQ(fault_of({kMaxElements}), "");
  EXPECT_EQ(fault_of({2, kMaxElements / 2}), "");
  EXPECT_EQ(fault_of({1, 1, 1, 1, 1, 1, 1, 1}), "");
}

TEST(Shape, RefusesWhatIsBeyondTheLimits) {
  EXPECT_EQ(fault_of({kMaxElements + 1}), "shape 2147483649 has more than 2147483648 elements");
  EXPECT_EQ(fault_of({3, kMaxElements / 2}), "shape 3x1073741824 has more than 2147483648 elements");
  EXPECT_EQ(fault_of({1, 1, 1, 1, 1, 1, 1, 1, 1}), "rank 9 is above the limit of 8");
  EXPECT_EQ(fault_of({2, -1}), "dimension -1 is negative");
}

TEST(Shape, RefusesProductsThatOverflowEvenWhereAZeroHidesThem) {
  constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();
  EXPECT_NE(fault_of({kHuge, kHuge}), "");
  EXPECT_NE(fault_of({0, kMaxElements, kMaxElements}), "");
  EXPECT_NE(fault_of({kHuge, 0}), "");
}

TEST(Shape, CountsAxesFromTheEndWhenNegative) {
  const Shape shape{2, 3, 4};
  EXPECT_EQ(shape.dim(-1), 4);
  EXPECT_EQ(shape.dim(0), 2);
  EXPECT_EQ(shape.with_dim(1, 7), (Shape{2, 7, 4}));
}

TEST(Strides, AreRowMajor) {
  EXPECT_EQ(strides(Shape{2, 3, 4}), (std::vector<std::int64_t>{12, 4, 1}));
  EXPECT_TRUE(strides(Shape{}).empty());
}

TEST(Broadcast, AlignsAtTheLastAxis) {
  EXPECT_EQ(broadcast(Shape{1, 4, 4, 3}, Shape{3}).value(), (Shape{1, 4, 4, 3}));
  EXPECT_EQ(broadcast(Shape{4, 1}, Shape{1, 5}).value(), (Shape{4, 5}));
  EXPECT_EQ(broadcast(Shape{}, Shape{2}).value(), (Shape{2}));
  EXPECT_EQ(broadcast(Shape{0}, Shape{1}).value(), (Shape{0}));
}

TEST(Broadcast, RefusesExtentsThatDiffer) {
  EXPECT_EQ(broadcast(Shape{2, 3}, Shape{4, 3}).error().what(), "shapes 2x3 and 4x3 do not broadcast");
  EXPECT_FALSE(broadcast(Shape{2, 3}, Shape{2}).has_value());
  EXPECT_FALSE(broadcast(Shape{0}, Shape{2}).has_value());
  EXPECT_FALSE(broadcast(Shape{1 << 20, 1}, Shape{1, 1 << 20}).has_value()) << "the result is too big";
}

TEST(ShapeText, NamesAScalar) {
  EXPECT_EQ(to_string(Shape{1, 32, 3}), "1x32x3");
  EXPECT_EQ(to_string(Shape{}), "scalar");
}

}  // namespace
}  // namespace netfit::tensor
