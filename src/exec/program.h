// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exec/session.h"
#include "exec/step.h"

namespace netfit::exec {

struct ProgramOptions {
  /// Asked in this order; the first that compiles a node wins.
  std::span<const StepMaker> makers;
  std::int64_t batch = 1;
  ByteStorage storage = ByteStorage::AsIs;
};

/// A graph as a list of steps over one arena.
struct Program {
  std::unique_ptr<WitnessedSession> session;
  /// Nodes that no maker does; they run on the fallback, one sample at a time.
  std::vector<std::string> fallback_nodes;
};

/// `graph` must outlive the program. Fails if a node needs the fallback and there is none.
Result<Program> compile_program(const ir::Graph& graph, const ProgramOptions& options,
                                std::shared_ptr<const NodeRunner> fallback);

}  // namespace netfit::exec
