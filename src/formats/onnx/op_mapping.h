// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "formats/onnx/node_reader.h"

namespace netfit::formats::onnx {

/// How one operator of the format is read: a row of the table.
struct OpMapping {
  std::string_view op_type;
  /// Adds its equivalent to the graph; nullptr if only constants are supported.
  Result<void> (*read)(NodeReader& node);
  /// Computes it where all inputs are constants; nullptr if such a node goes into the graph like any other.
  Result<Constant> (*fold)(NodeReader& node) = nullptr;
};

/// The operator's row, or nullptr.
const OpMapping* find_mapping(std::string_view op_type);

}  // namespace netfit::formats::onnx
