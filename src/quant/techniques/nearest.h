// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/graph.h"
#include "quant/roundings.h"

namespace netfit::quant {

/// The integers next to the weights of `graph`, in the steps that the weights of `quantized`, made from it, have.
Roundings nearest_roundings(const ir::Graph& graph, const ir::Graph& quantized);

}  // namespace netfit::quant
