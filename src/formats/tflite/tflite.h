// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "base/files.h"
#include "base/result.h"
#include "formats/making_record.h"
#include "ir/graph.h"

/// TensorFlow Lite files (schema version 3), which LiteRT and TensorFlow Lite Micro run.
namespace netfit::formats::tflite {

/// Whether the bytes carry the file identifier.
bool recognizes(std::span<const std::byte> bytes);

/// The graph of the file's only subgraph, with preprocessing and class names from its metadata. Lists every unsupported
/// operator at once.
Result<ir::Graph> read(std::span<const std::byte> bytes);

/// The file of a graph in canonical form; equal graphs give equal bytes. Fails on nodes that TensorFlow Lite has no
/// operator for (batch_norm, hard_sigmoid), naming all of them.
Result<base::Bytes> write(const ir::Graph& graph, const std::optional<MakingRecord>& record = std::nullopt);

/// What the file says of how it was made, if it does.
Result<std::optional<MakingRecord>> read_record(std::span<const std::byte> bytes);

}  // namespace netfit::formats::tflite
