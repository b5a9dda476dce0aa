// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "ir/graph.h"

// The records that model files of every format carry beside the network: how images become input, and what the classes
// are called. Both are JSON texts of one line.
namespace netfit::formats {

/// The metadata keys under which files keep them.
inline constexpr std::string_view kPreprocessingKey = "netfit.preprocessing";
inline constexpr std::string_view kClassNamesKey = "netfit.class_names";

/// [{"input":"x","scale":1.0,"mean":[..],"std":[..],"order":"rgb"}, ...], one element for each input that has a record;
/// empty if none has. Floats are written so that they read back exactly.
std::string preprocessing_json(const ir::Graph& graph);

/// ["airplane", ...]; empty if the graph has no class names.
std::string class_names_json(const ir::Graph& graph);

/// Gives the inputs of `graph` the records in `text`. Fails, with the key as place, on malformed text, on an input that
/// does not exist, and on figures that no preprocessing can have.
Result<void> apply_preprocessing_json(ir::Graph& graph, std::string_view text);

/// The same for class names.
Result<void> apply_class_names_json(ir::Graph& graph, std::string_view text);

/// Fails unless figures are finite, no divisor is 0, and mean and std have one element, or one for each element along
/// some axis of `shape` (files differ in where they put channels).
Result<void> check_preprocessing(const ir::Preprocessing& preprocessing, const Shape& shape);

}  // namespace netfit::formats
