// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "exec/executor.h"

namespace netfit::exec {

/// All it takes to run any graph on this host. Folders that make graphs and must see them run (quant, diagnose) are
/// handed one, because they may not name the interpreter.
struct Engine {
  ExecutorOptions options;
  std::shared_ptr<const NodeRunner> fallback;
};

/// create_fast with the engine's options.
Result<std::unique_ptr<Executor>> create_fast(const ir::Graph& graph, const Engine& engine);

/// How many samples an observer sees at once, at most.
inline constexpr std::int64_t kObservedSamples = 8;

/// The fast executor with a view of every value that is no constant. The same bits as create_fast. Values are shown as
/// soon as they are computed, so that looking takes next to no memory. One call of the observer at a time, from any
/// thread; the samples of a value come in their order.
Result<std::unique_ptr<ObservableExecutor>> create_fast_observable(const ir::Graph& graph, const Engine& engine);

}  // namespace netfit::exec
