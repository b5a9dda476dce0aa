// SPDX-License-Identifier: Apache-2.0
#include "exec/engine.h"

#include "exec/fast.h"

namespace netfit::exec {

Result<std::unique_ptr<Executor>> create_fast(const ir::Graph& graph, const Engine& engine) {
  return create_fast(graph, engine.options, engine.fallback);
}

Result<std::unique_ptr<ObservableExecutor>> create_fast_observable(const ir::Graph& graph, const Engine& engine) {
  return create_fast_observable(graph, engine.options, engine.fallback);
}

}  // namespace netfit::exec
