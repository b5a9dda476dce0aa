// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cli/model.h"
#include "formats/making_record.h"
#include "formats/node_label.h"

namespace netfit::cli {

/// In what the runtime of a file computes its nodes (docs/labels.md).
struct Arithmetic {
  std::string_view runtime;  ///< "LiteRT"
  std::vector<formats::NodeLabel> labels;

  std::int64_t count(formats::Computes computes) const;
  /// Whether integers compute anything, or store any weights.
  bool is_quantized() const;
};

/// Nothing for a model that no runtime takes as it is: an architecture, the text form, an ncnn .param.
Result<std::optional<Arithmetic>> arithmetic_of(const Model& model);

/// A few lines: how many nodes compute in what, which do not on integers and why; and which weights are float32, why
/// only if the file says how it was made.
std::string arithmetic_summary(const Arithmetic& arithmetic, const std::optional<formats::MakingRecord>& record);

/// A line for each node.
std::string arithmetic_table(const Arithmetic& arithmetic);

nlohmann::ordered_json arithmetic_json(const Arithmetic& arithmetic);

}  // namespace netfit::cli
