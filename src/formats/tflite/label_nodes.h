// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "base/result.h"
#include "formats/node_label.h"
#include "ir/graph.h"

namespace netfit::formats::tflite {

/// In what LiteRT computes each node of the .tflite file that `graph` was read from, with its default and with its
/// reference kernels: the types of the tensors decide (docs/labels.md). Nodes that only change precision or shape are
/// left out.
std::vector<NodeLabel> label_nodes(const ir::Graph& graph);
/// The same for the bytes of a file.
Result<std::vector<NodeLabel>> label_nodes(std::span<const std::byte> bytes);

}  // namespace netfit::formats::tflite
