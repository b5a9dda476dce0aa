// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ir/parser.h"
#include "ir/printer.h"
#include "ir/verifier.h"
#include "passes/pass.h"

// Tests of passes speak the text form: before, run, after.
namespace netfit::passes {

using PassFunction = Result<Change> (*)(ir::Graph&);

inline ir::Graph parsed(std::string_view text) {
  Result<ir::Graph> graph = ir::parse(text);
  EXPECT_TRUE(graph.has_value()) << (graph ? "" : graph.error().text());
  return graph ? std::move(*graph) : ir::Graph();
}

/// The text of a graph with its constants sorted: which of them came first is no property of a graph.
inline std::string text_of(const ir::Graph& graph) {
  std::istringstream in(ir::print(graph));
  std::vector<std::string> constants;
  std::string text;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("  const ")) {
      constants.push_back(line);
    } else {
      text += line + "\n";
    }
  }
  std::ranges::sort(constants);
  for (const std::string& line : constants) text += line + "\n";
  return text;
}

inline std::string text_of(std::string_view text) { return text_of(parsed(text)); }

/// The text after the pass; the verifier must hold and the pass must say truly whether it changed something.
inline std::string after(PassFunction pass, std::string_view text) {
  ir::Graph graph = parsed(text);
  const std::string before = text_of(graph);
  const Result<Change> change = pass(graph);
  EXPECT_TRUE(change.has_value());
  const Result<void> valid = ir::verify(graph);
  EXPECT_TRUE(valid.has_value()) << (valid ? "" : valid.error().text());
  EXPECT_EQ(*change == Change::Made, text_of(graph) != before);
  return text_of(graph);
}

/// For what a pass must leave alone.
inline void expect_unchanged(PassFunction pass, std::string_view text) { EXPECT_EQ(after(pass, text), text_of(text)); }

}  // namespace netfit::passes
