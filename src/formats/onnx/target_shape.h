// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/onnx/node_reader.h"

// Ops that keep the order of elements: the shape of their result, for data and constants alike.
namespace netfit::formats::onnx {

Result<Shape> flatten_target(const NodeReader& node);
Result<Shape> reshape_target(const NodeReader& node);
Result<Shape> squeeze_target(const NodeReader& node);
Result<Shape> unsqueeze_target(const NodeReader& node);

/// `axis` counted from 0; fails if `rank` axes have no such one.
Result<int> normal_axis(std::int64_t axis, int rank);

/// The perm attribute, or all axes in reverse order; fails unless it is a permutation of the first input's axes.
Result<std::vector<int>> transpose_perm(const NodeReader& node);

}  // namespace netfit::formats::onnx
