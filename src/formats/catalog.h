// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"
#include "formats/making_record.h"
#include "formats/node_label.h"
#include "ir/graph.h"

namespace netfit::formats {

/// One model file format: a row of the catalog.
struct Format {
  std::string_view name;       ///< "tflite"
  std::string_view extension;  ///< ".tflite"
  /// Whether bytes look like this format; cheap, and never right about a file of another format.
  bool (*recognizes)(std::span<const std::byte> bytes);
  /// The graph, which satisfies the verifier but may hold transposes that the import pipeline removes. Lists every
  /// unsupported node at once.
  Result<ir::Graph> (*read)(std::span<const std::byte> bytes);
  /// Absent for formats of which we read the structure only.
  Result<base::Bytes> (*writer)(const ir::Graph& graph, const std::optional<MakingRecord>& record);
  /// What a file says of how it was made, if it does.
  Result<std::optional<MakingRecord>> (*read_record)(std::span<const std::byte> bytes);
  std::string_view runtime;  ///< of which `label` speaks
  /// In what that runtime computes each node of a file; absent where the format has none.
  Result<std::vector<NodeLabel>> (*label)(std::span<const std::byte> bytes);

  Result<base::Bytes> write(const ir::Graph& graph, const std::optional<MakingRecord>& record = std::nullopt) const {
    return writer(graph, record);
  }
};

std::span<const Format> formats();

/// The format to write, by the file's extension; fails with the allowed ones.
Result<const Format*> format_for(const std::filesystem::path& path);

/// By content first, then by extension; fails on a file of unknown format.
Result<ir::Graph> read(std::span<const std::byte> bytes, const std::filesystem::path& path);

}  // namespace netfit::formats
