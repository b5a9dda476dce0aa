// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exec/executor.h"

namespace netfit::exec {

/// The fast executor: oneDNN or XNNPACK, chosen by CPU and type (docs/executors.md). In int8 both give the bits of
/// LiteRT's default kernels. Nodes that the backend lacks run on `fallback` and are listed.
Result<std::unique_ptr<Executor>> create_fast(const ir::Graph& graph, const ExecutorOptions& options,
                                              std::shared_ptr<const NodeRunner> fallback);

/// The same bits, with a view of every value that is no constant: where it was computed, at most 8 samples at a time,
/// so that looking costs no memory. One call of the observer at a time, from any thread; a value's samples come in
/// order.
Result<std::unique_ptr<ObservableExecutor>> create_fast_observable(const ir::Graph& graph,
                                                                   const ExecutorOptions& options,
                                                                   std::shared_ptr<const NodeRunner> fallback);

enum class FastBackend { OneDnn, Xnnpack };

/// For tests and benchmarks, which compare backends and batches.
struct FastOptions {
  FastBackend backend = FastBackend::OneDnn;
  /// Samples of one run of a worker; 0 leaves the choice to the backend.
  std::int64_t batch = 0;
  int threads = 1;
};
Result<std::unique_ptr<Executor>> create_fast_on(const ir::Graph& graph, const FastOptions& options,
                                                 std::shared_ptr<const NodeRunner> fallback);

/// What create_fast takes for this graph on this CPU.
FastBackend choose_backend(const ir::Graph& graph);

}  // namespace netfit::exec
