// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "formats/onnx/constant.h"
#include "formats/onnx/model.h"
#include "ir/builder.h"

namespace netfit::formats::onnx {

/// What a name of the file stands for: a constant, or a value of the graph that is being built.
struct Operand {
  std::optional<Constant> constant;
  ir::ValueId value;
  /// The file has u8 where the graph has i8 with a zero point that is 128 lower.
  bool is_unsigned = false;
  /// The node that makes it could not be read; whoever reads it is passed over, so that each fault is told once.
  bool failed = false;
};

/// Everything that the nodes of one file share while they are read in order.
struct ImportState {
  explicit ImportState(const Model& file) : model(file) {}
  ImportState(const ImportState&) = delete;
  ImportState& operator=(const ImportState&) = delete;

  const Model& model;
  ir::Graph graph;
  ir::Builder builder{graph};
  std::unordered_map<std::string, Operand> operands;
  /// The nodes that read a name; an output of the graph counts as a reader of index -1.
  std::unordered_map<std::string, std::vector<int>> readers;
  /// Nodes that were read together with an earlier one.
  std::unordered_set<int> absorbed;
  QuantizedConstants quantized_constants;
  /// Constants that are in the graph already, by their name in the file and the form they were brought into.
  std::unordered_map<std::string, ir::ValueId> placed_constants;
  /// How many more elements folding may make. A few bytes of a hostile file could ask for gigabytes otherwise.
  std::int64_t fold_budget = std::int64_t{1} << 24;
};

}  // namespace netfit::formats::onnx
