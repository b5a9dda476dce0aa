// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/onnx/import_state.h"

namespace netfit::formats::onnx {

/// Adds the inputs of the file and its initializers to `state`. Only the batch may be of any size; it becomes 1.
Result<void> import_inputs(ImportState& state);

/// Adds every node in order. Lists all nodes that cannot be read; what depends on one of those is passed over.
Result<void> import_nodes(ImportState& state);

/// Marks the results that the file calls outputs.
Result<void> import_outputs(ImportState& state);

/// Gives the outputs of the finished graph their names in the file.
void name_outputs(const Model& model, ir::Graph& graph);

/// Applies the preprocessing record and the class names of metadata_props.
Result<void> import_metadata(const Model& model, ir::Graph& graph);

}  // namespace netfit::formats::onnx
