// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/target_shape.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace netfit::formats::onnx {
namespace {

// Which axes a node names; nothing if it names none.
Result<std::optional<std::vector<bool>>> marked_axes(const NodeReader& node, int rank) {
  const auto axes = NETFIT_TRY(node.input_or_attribute(1, "axes"));
  if (!axes) return std::nullopt;
  std::vector<bool> marked(static_cast<std::size_t>(rank), false);
  for (const std::int64_t given : *axes) {
    const auto axis = static_cast<std::size_t>(NETFIT_TRY(normal_axis(given, rank)));
    if (marked[axis]) return bad_input(fmt::format("axis {} is named twice", axis));
    marked[axis] = true;
  }
  return marked;
}

}  // namespace

Result<int> normal_axis(std::int64_t axis, int rank) {
  if (axis >= -rank && axis < rank) return static_cast<int>(axis < 0 ? axis + rank : axis);
  return bad_input(fmt::format("axis {} does not exist (allowed: {} to {})", axis, -rank, rank - 1));
}

Result<Shape> flatten_target(const NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  const Shape& shape = node.input_shape(0);
  const std::int64_t given = NETFIT_TRY(node.integer("axis", 1));
  // The axis may stand behind the last one.
  const int axis = given == shape.rank() ? shape.rank() : NETFIT_TRY(normal_axis(given, shape.rank()));
  std::int64_t before = 1;
  std::int64_t after = 1;
  for (int i = 0; i < shape.rank(); ++i) (i < axis ? before : after) *= shape[i];
  return Shape::create(std::array{before, after});
}

Result<Shape> reshape_target(const NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(2));
  const Shape& shape = node.input_shape(0);
  std::vector<std::int64_t> dims = NETFIT_TRY(node.constant_integers(1, "the shape"));
  const bool zero_copies = NETFIT_TRY(node.integer("allowzero", 0)) == 0;
  std::int64_t known = 1;
  std::optional<std::size_t> open;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == 0 && zero_copies && static_cast<int>(i) < shape.rank()) dims[i] = shape[static_cast<int>(i)];
    if (dims[i] == -1 && open) return bad_input("the shape leaves more than one extent open");
    if (dims[i] == -1) {
      open = i;
    } else if (dims[i] < 0 || dims[i] > tensor::kMaxElements || (known *= dims[i]) > tensor::kMaxElements) {
      return bad_input(fmt::format("shape [{}] is negative or huge", fmt::join(dims, ",")));
    }
  }
  if (open && (known == 0 || shape.element_count() % known != 0)) {
    return bad_input(fmt::format("shape [{}] does not divide {}", fmt::join(dims, ","), to_string(shape)));
  }
  if (open) dims[*open] = shape.element_count() / known;
  Shape target = NETFIT_TRY(Shape::create(dims));
  if (target.element_count() == shape.element_count()) return target;
  return bad_input(
      fmt::format("{} cannot become {}: the number of elements differs", to_string(shape), to_string(target)));
}

Result<Shape> squeeze_target(const NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  const Shape& shape = node.input_shape(0);
  const auto marked = NETFIT_TRY(marked_axes(node, shape.rank()));
  // Without axes every extent of 1 would go, the batch among them.
  if (!marked && node.constant(0) == nullptr) return bad_input("squeeze without axes is not supported");
  std::vector<std::int64_t> dims;
  for (int i = 0; i < shape.rank(); ++i) {
    const bool goes = marked ? (*marked)[static_cast<std::size_t>(i)] : shape[i] == 1;
    if (goes && shape[i] != 1) return bad_input(fmt::format("axis {} of {} is not 1", i, to_string(shape)));
    if (!goes) dims.push_back(shape[i]);
  }
  return Shape::create(dims);
}

Result<Shape> unsqueeze_target(const NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  const Shape& shape = node.input_shape(0);
  const auto axes = NETFIT_TRY(node.input_or_attribute(1, "axes"));
  if (!axes) return bad_input("axes are missing");
  if (shape.rank() + std::ssize(*axes) > tensor::kMaxRank) {
    return bad_input(fmt::format("{} more axes than the {} of {} are not supported (allowed: {} in all)", axes->size(),
                                 shape.rank(), to_string(shape), tensor::kMaxRank));
  }
  const auto marked = NETFIT_TRY(marked_axes(node, shape.rank() + static_cast<int>(axes->size())));
  std::vector<std::int64_t> dims;
  int next = 0;
  for (const bool added : *marked) dims.push_back(added ? 1 : shape[next++]);
  return Shape::create(dims);
}

Result<std::vector<int>> transpose_perm(const NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  const int rank = node.input_shape(0).rank();
  const auto given = NETFIT_TRY(node.integers("perm"));
  std::vector<int> perm;
  for (int i = rank; !given && i-- > 0;) perm.push_back(i);
  if (!given) return perm;
  std::vector<bool> seen(static_cast<std::size_t>(rank), false);
  for (const std::int64_t axis : *given) {
    if (axis < 0 || axis >= rank || seen[static_cast<std::size_t>(axis)]) break;
    seen[static_cast<std::size_t>(axis)] = true;
    perm.push_back(static_cast<int>(axis));
  }
  if (std::ssize(perm) == rank && given->size() == perm.size()) return perm;
  return bad_input(fmt::format("perm [{}] is no permutation of {} axes", fmt::join(*given, ","), rank));
}

}  // namespace netfit::formats::onnx
