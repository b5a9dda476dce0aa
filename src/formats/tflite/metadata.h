// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"
#include "formats/tflite/model_file.h"
#include "ir/graph.h"

// What a .tflite file says about its inputs and classes: the public metadata (a flatbuffer of its own in the entry
// TFLITE_METADATA, with the class names in an attached file), and our exact record beside it.
namespace netfit::formats::tflite {

inline constexpr std::string_view kMetadataEntry = "TFLITE_METADATA";
inline constexpr std::string_view kLabelsFile = "labels.txt";

/// Gives `graph` preprocessing and class names from the file's metadata. Our record, where there is one, wins over the
/// public one, which rounds and cannot say the order of colours.
Result<void> read_metadata(const ModelFile& file, ir::Graph& graph);

/// The flatbuffer for the entry TFLITE_METADATA; empty if the graph has nothing to say.
base::Bytes public_metadata(const ir::Graph& graph);

/// The text of the attached file with one class name a line; fails on a name that does not fit into a line.
Result<std::string> labels_text(const ir::Graph& graph);

}  // namespace netfit::formats::tflite
