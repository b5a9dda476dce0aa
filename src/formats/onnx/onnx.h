// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "base/files.h"
#include "base/result.h"
#include "ir/graph.h"

namespace netfit::formats::onnx {

/// Whether the bytes are one complete ONNX model by their outer structure; looks at no node or tensor.
bool recognizes(std::span<const std::byte> bytes);

/// The graph of an ONNX model: opsets 9 to 22, float32 and QDQ int8 or uint8. Spatial ops stand between transposes to
/// and from channels-last. Every node that is not supported is listed, with its name.
Result<ir::Graph> read(std::span<const std::byte> bytes);

/// An ONNX model that computes the same: float, or int8 as Q/DQ pairs. Images are channels-first in the file, except an
/// input or output whose layout is ChannelsLast. Same graph, same bytes. Lists every node that ONNX has no form for.
Result<base::Bytes> write(const ir::Graph& graph);

}  // namespace netfit::formats::onnx
