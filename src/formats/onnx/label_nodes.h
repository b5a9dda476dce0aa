// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "base/result.h"
#include "formats/node_label.h"

namespace netfit::formats::onnx {

/// In what ONNX Runtime 1.32 computes each node of an .onnx file on an x86-64 processor: its rules for nodes between
/// DequantizeLinear and QuantizeLinear, as found by experiment (docs/labels.md). Nodes that only change precision or
/// shape, and clamps that the integers' range makes superfluous, are left out.
Result<std::vector<NodeLabel>> label_nodes(std::span<const std::byte> bytes);

}  // namespace netfit::formats::onnx
