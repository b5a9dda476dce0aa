// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "ir/parser.h"

namespace netfit::support {

/// The graph that a text describes. A fault in the text ends the test with the parser's message: this throws, which
/// GoogleTest reports as the failure of the test that called.
inline ir::Graph graph_of(std::string_view text) {
  Result<ir::Graph> graph = ir::parse(text);
  if (!graph) throw std::invalid_argument(graph.error().text());
  return std::move(*graph);
}

/// All that is wrong with a text, or "" if nothing is.
inline std::string fault_of(std::string_view text) {
  const Result<ir::Graph> graph = ir::parse(text);
  return graph ? "" : graph.error().text();
}

}  // namespace netfit::support
