// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/result.h"
#include "ir/graph.h"

namespace netfit::passes {

/// Whether a pass changed the graph.
enum class Change { None, Made };

enum class Idempotent { No, Yes };

/// One pass: a row of the catalog (catalog.h). It keeps the graph valid and its function the same.
struct PassSpec {
  std::string_view name;
  std::string_view summary;
  Idempotent idempotent;
  Result<Change> (*run)(ir::Graph& graph);
};

}  // namespace netfit::passes
