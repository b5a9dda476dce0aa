// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/infer.h"

#include <algorithm>

#include <fmt/format.h>

namespace netfit::ir {
namespace {

// Larger windows and paddings are surely damage; the limit keeps sums and products of them far from overflow.
constexpr std::int64_t kMost = std::int64_t{1} << 20;

}  // namespace

Result<void> expect_rank(const NodeView& node, std::size_t i, int rank) {
  const Shape& shape = node.input(i).shape;
  if (shape.rank() == rank) return {};
  return bad_input(
      fmt::format("input {} has shape {}, but {} takes rank {} there", i, to_string(shape), node.op().name, rank));
}

Result<DType> expect_data_type(const NodeView& node) {
  const DType dtype = node.input(0).dtype;
  if (dtype != DType::Float32 && dtype != DType::Int8 && dtype != DType::Int16 && dtype != DType::UInt8) {
    return bad_input(fmt::format("{} does not compute in {} (allowed: f32, i8, i16, u8)", node.op().name, name(dtype)));
  }
  const std::size_t count = std::min(node.input_count(), static_cast<std::size_t>(node.op().data_inputs));
  for (std::size_t i = 1; i < count; ++i) {
    if (node.input(i).dtype != dtype) {
      return bad_input(
          fmt::format("inputs of {} have types {} and {}", node.op().name, name(dtype), name(node.input(i).dtype)));
    }
  }
  return dtype;
}

Result<std::int64_t> windowed_extent(std::int64_t in, std::int64_t padding, std::int64_t window, std::int64_t stride,
                                     std::int64_t dilation) {
  for (const std::int64_t size : {window, stride, dilation}) {
    if (size < 1 || size > kMost) {
      return bad_input(fmt::format("window, stride or dilation {} is not in [1, {}]", size, kMost));
    }
  }
  const std::int64_t reach = dilation * (window - 1) + 1;
  if (in + padding < reach) {
    return bad_input(fmt::format("a window that reaches over {} pixels does not fit into {}", reach, in + padding));
  }
  return (in + padding - reach) / stride + 1;
}

Result<void> expect_padding(const Padding2d& padding) {
  for (const std::int64_t side : {padding.top, padding.bottom, padding.left, padding.right}) {
    if (side < 0 || side > kMost) return bad_input(fmt::format("padding {} is not in [0, {}]", side, kMost));
  }
  return {};
}

Result<TensorType> infer_same(const NodeView& node) {
  const DType dtype = NETFIT_TRY(expect_data_type(node));
  return TensorType{dtype, node.input(0).shape};
}

std::optional<Attrs> keep_attrs(const NodeView& node, std::span<const int> /*perm*/) { return node.node().attrs; }

}  // namespace netfit::ir
