// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exec/executor.h"

namespace netfit::interp {

/// The reference executor: float32, and integers by the rule "tflite-reference" (docs/quantization.md). Slow, obvious,
/// the ground truth; bit-identical to LiteRT's reference kernels. `graph` must satisfy the verifier. Fails if a node
/// has no kernel for its types, naming all such nodes.
Result<std::unique_ptr<exec::ObservableExecutor>> create_interpreter(ir::Graph graph,
                                                                     const exec::ExecutorOptions& options);

/// The same kernels one node at a time, for backends that lack an op.
std::unique_ptr<exec::NodeRunner> make_node_runner();

}  // namespace netfit::interp
