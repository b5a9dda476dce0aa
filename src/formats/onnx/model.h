// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/onnx/onnx.pb.h"

namespace netfit::formats::onnx {

/// A model file after the checks that look at no op: versions, names, order.
struct Model {
  proto::Model proto;
  int opset = 0;
  /// Indices into graph().node() such that every node comes after the producers of its inputs.
  std::vector<int> order;

  const proto::Graph& graph() const { return proto.graph(); }
};

/// Decodes and checks a file. Each name is produced once, every input of a node exists, and nodes form no cycle.
Result<Model> load_model(std::span<const std::byte> bytes);

/// "node 3 'stem' (Conv)": how messages name a node of the file.
std::string describe(const proto::Node& node, int index);

}  // namespace netfit::formats::onnx
