// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "ir/op_spec.h"

// Checks that the shape inference of several op families shares.
namespace netfit::ir {

/// Fails unless input `i` has that rank.
Result<void> expect_rank(const NodeView& node, std::size_t i, int rank);

/// Fails unless the data inputs share one type that ops compute in: f32, i8, i16, u8.
Result<DType> expect_data_type(const NodeView& node);

/// Extent of a windowed dimension: floor((in + padding - dilation * (window - 1) - 1) / stride) + 1, or why not.
Result<std::int64_t> windowed_extent(std::int64_t in, std::int64_t padding, std::int64_t window, std::int64_t stride,
                                     std::int64_t dilation);

/// Fails unless every side is in [0, 2^20].
Result<void> expect_padding(const Padding2d& padding);

/// The result is like the first input.
Result<TensorType> infer_same(const NodeView& node);

/// OpSpec::permuted for ops that treat every element alike.
std::optional<Attrs> keep_attrs(const NodeView& node, std::span<const int> perm);

}  // namespace netfit::ir
