// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "ir/graph.h"

namespace netfit::exec {

/// Runs one graph on this host, for any number of samples.
class Executor {
 public:
  virtual ~Executor() = default;

  /// One tensor [n, ...] for each graph input, in graph order and graph layout (channels-last), n the same for all; the
  /// results likewise, one for each graph output. Integers stay integers: nothing is quantized or dequantized on the
  /// way. Results do not depend on the number of threads. Fails on tensors that do not fit the graph, and when
  /// `progress` says stop.
  virtual Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Progress& progress) = 0;

  /// "reference", "fast (onednn 2.6.3)", "litert 2.3.0": what ran, with the version of a library.
  virtual std::string name() const = 0;

  /// Nodes that the backend lacks and that ran on the fallback instead: "softmax 'probabilities'".
  virtual std::vector<std::string> fallback_nodes() const { return {}; }
};

struct ExecutorOptions {
  /// Workers over which samples are split; each computes on one thread.
  int threads = 1;
};

/// Runs single nodes; what a backend falls back on for an op that it lacks. Thread-safe.
class NodeRunner {
 public:
  virtual ~NodeRunner() = default;
  /// One sample: inputs in the node's order (an absent optional one as an empty tensor), constants included.
  virtual Result<Tensor> run_node(const ir::Graph& graph, ir::NodeId node, std::span<const Tensor> inputs) const = 0;
};

/// Sees every value that a run computes, for calibration and comparison. `tensor` is [n, ...] for the samples from
/// `first_sample` on; called once for every value and chunk, possibly from several threads at once.
using Observer = std::function<void(ir::ValueId value, std::int64_t first_sample, const Tensor& tensor)>;

/// An executor that can show intermediate values.
class ObservableExecutor : public Executor {
 public:
  virtual Result<std::vector<Tensor>> run_observed(std::span<const Tensor> inputs, const Observer& observer,
                                                   Progress& progress) = 0;
};

}  // namespace netfit::exec
