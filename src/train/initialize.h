// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "ir/graph.h"

namespace netfit::train {

/// Random weights for a graph without: kernels normal with variance 2 / fan-out (He et al., arXiv:1502.01852), matrices
/// with deviation 0.01, batch norms neutral, biases 0. Equal seeds give equal weights.
void initialize(ir::Graph& graph, std::uint64_t seed);

}  // namespace netfit::train
