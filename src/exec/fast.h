// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exec/executor.h"

namespace netfit::exec {

/// The fast executor: oneDNN or XNNPACK, chosen by CPU and type (docs/executors.md). In int8 both give the bits of
/// LiteRT's default kernels. Nodes that the backend lacks run on `fallback` and are listed.
Result<std::unique_ptr<Executor>> create_fast(const ir::Graph& graph, const ExecutorOptions& options,
                                              std::shared_ptr<const NodeRunner> fallback);

}  // namespace netfit::exec
