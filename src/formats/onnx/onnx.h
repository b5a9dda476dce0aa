// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "base/files.h"
#include "base/result.h"
#include "formats/making_record.h"
#include "ir/graph.h"

namespace netfit::formats::onnx {

/// Whether the bytes are one complete ONNX model by their outer structure; looks at no node or tensor.
bool recognizes(std::span<const std::byte> bytes);

/// The graph of an ONNX model: opsets 9 to 22, float32 and QDQ int8, uint8 or int16, weights also of 4 bits. Spatial
/// ops stand between transposes to and from channels-last. Every node that is not supported is listed, with its name.
Result<ir::Graph> read(std::span<const std::byte> bytes);

/// An ONNX model that computes the same: float, or integers as Q/DQ pairs; of opset 17, and of 21 where some have 16 or
/// 4 bits. Images are channels-first in the file, except an input or output whose layout is ChannelsLast. Same graph,
/// same bytes. Lists every node that ONNX has no form for.
Result<base::Bytes> write(const ir::Graph& graph, const std::optional<MakingRecord>& record = std::nullopt);

/// What the file says of how it was made, if it does.
Result<std::optional<MakingRecord>> read_record(std::span<const std::byte> bytes);

}  // namespace netfit::formats::onnx
