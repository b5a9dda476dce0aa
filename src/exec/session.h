// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "exec/executor.h"
#include "exec/invocation.h"
#include "ir/graph.h"

namespace netfit::exec {

/// A graph compiled for a fixed number of samples, computing on the calling thread. Used by one thread at a time.
class Session {
 public:
  virtual ~Session() = default;

  /// Samples of one run.
  virtual std::int64_t batch() const = 0;

  /// Copies inputs to where the computation reads them. `inputs[i]` holds batch() samples of graph input i, row-major
  /// in graph layout, and may be read up to 63 bytes beyond them.
  virtual Result<void> load(std::span<const std::byte* const> inputs) = 0;
  /// Computes, once for each load(): the computation may write over its inputs.
  virtual Result<void> compute() = 0;
  /// Copies the results; `outputs[i]` takes batch() samples of graph output i.
  virtual Result<void> give(std::span<std::byte* const> outputs) = 0;

  Result<void> run(std::span<const std::byte* const> inputs, std::span<std::byte* const> outputs) {
    NETFIT_TRY(load(inputs));
    NETFIT_TRY(compute());
    return give(outputs);
  }
};

/// Sees batch() samples of a value where a session computed it, before anything else is computed.
using Witness = std::function<Result<void>(ir::ValueId value, const std::byte* samples)>;

/// A session that shows what it computes.
class WitnessedSession : public Session {
 public:
  /// As compute(). Shows every value of the graph that is no constant, its inputs first, then in graph order.
  virtual Result<void> compute_before(const Witness& witness) = 0;
};

/// What an executor is called and what ran elsewhere.
struct ExecutorLabel {
  std::string name;
  std::vector<std::string> fallback_nodes;
};

/// Splits samples into chunks of the sessions' batch, fills up the last one, and hands chunks to one worker for each
/// session. All sessions have the same batch, so a sample's result does not depend on their number.
Result<std::unique_ptr<Executor>> create_parallel(const ir::Graph& graph,
                                                  std::vector<std::unique_ptr<Session>> sessions, ExecutorLabel label);

/// The same, and shows the values of graph, in graph layout.
Result<std::unique_ptr<ObservableExecutor>> create_observable(const ir::Graph& graph,
                                                              std::vector<std::unique_ptr<WitnessedSession>> sessions,
                                                              ExecutorLabel label);

/// `session` has batch 1.
Result<std::unique_ptr<Invocation>> create_invocation(const ir::Graph& graph, std::unique_ptr<Session> session,
                                                      ExecutorLabel label);

}  // namespace netfit::exec
