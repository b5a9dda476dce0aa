// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "base/result.h"
#include "ir/graph.h"
#include "tensor/tensor.h"

namespace netfit::quant {

/// Refuses samples from which no range can be learned: another number of tensors than `graph` has inputs, none at all,
/// an element that is not finite, samples that are all equal.
Result<void> check_samples(const ir::Graph& graph, std::span<const Tensor> inputs);

}  // namespace netfit::quant
