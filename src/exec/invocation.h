// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/files.h"
#include "exec/executor.h"
#include "exec/runtime.h"

namespace netfit::exec {

/// One sample in one executor, step by step, so that a caller can time the computing alone. Where Executor is for many
/// samples at once, this is for latency: batch 1, and threads within the sample.
class Invocation {
 public:
  virtual ~Invocation() = default;

  /// Puts one sample where the computation reads it: tensors as for Executor::run, of one sample. Needed before every
  /// invoke(), as a computation may write over its inputs.
  virtual Result<void> load(std::span<const Tensor> inputs) = 0;

  /// What a runtime itself calls an invocation, and nothing else: no sample is copied, checked or allocated here.
  virtual Result<void> invoke() = 0;

  /// What the last invoke() computed.
  virtual Result<std::vector<Tensor>> results() = 0;

  /// As Executor::name and Executor::fallback_nodes.
  virtual std::string name() const = 0;
  virtual std::vector<std::string> fallback_nodes() const = 0;
};

/// LiteRT with its default kernels, `threads` of its own; the rest as for create_litert.
Result<std::unique_ptr<Invocation>> create_litert_invocation(const RuntimeLibrary& library, base::Bytes file,
                                                             const ir::Graph& graph, int threads);

Result<std::unique_ptr<Invocation>> create_onnxruntime_invocation(const RuntimeLibrary& library, base::Bytes file,
                                                                  const ir::Graph& graph, int threads);

/// The fast executor, which computes a sample on one thread.
Result<std::unique_ptr<Invocation>> create_fast_invocation(const ir::Graph& graph,
                                                           std::shared_ptr<const NodeRunner> fallback);

}  // namespace netfit::exec
