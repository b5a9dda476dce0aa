// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <vector>

#include "ir/op_spec.h"
#include "ir/uses.h"

namespace netfit::formats::onnx {

/// Axis i of a channels-first tensor is axis result[i] of the same one channels-last.
std::vector<int> channels_first_perm(int rank);
/// Where an axis of a channels-last tensor lies in a file that has it in `layout`.
std::int64_t file_axis(std::int64_t axis, int rank, ir::Layout layout);
Shape in_layout(const Shape& shape, ir::Layout layout);
/// Whether a tensor has the same elements in the same order channels-last and channels-first.
bool moves_nothing(const Shape& shape);

/// In which order the file has the axes of each activation. Spatial operators of the format want channels-first; what
/// treats all axes alike follows its data, so that transposes are needed only where the order really changes: behind
/// inputs that the file presents channels-last, and around ops such as reshape.
class FileLayouts {
 public:
  explicit FileLayouts(const ir::Graph& graph);

  /// Of the tensor that the file computes for an activation.
  ir::Layout of(ir::ValueId value) const;
  /// In which the node wants its data.
  ir::Layout wanted_by(ir::NodeId node) const { return wanted_.at(node); }

 private:
  ir::Layout choose(const ir::NodeView& node) const;
  ir::Layout choose_result(const ir::NodeView& node, ir::Layout data) const;
  bool follows_channels_first(const ir::NodeView& node) const;
  bool wants_channels_first(ir::ValueId value) const;

  const ir::Graph& graph_;
  const ir::Uses uses_;
  std::unordered_map<ir::ValueId, ir::Layout> layouts_;
  std::unordered_map<ir::NodeId, ir::Layout> wanted_;
};

}  // namespace netfit::formats::onnx
