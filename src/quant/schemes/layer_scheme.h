// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "quant/pixels.h"
#include "quant/quantize.h"
#include "quant/schemes/separate_precisions.h"

namespace netfit::quant {

/// What quantize_layers has settled by the time at which the graph changes.
struct LayerPlan {
  std::function<Precision(ir::NodeId)> precision;
  const Roundings& roundings;
  const Centres& centres;
};

/// Makes a float graph what the plan says, in place; `ranges` gets those of what is added. The graph was checked.
void apply_layer_plan(ir::Graph& graph, Ranges& ranges, const LayerPlan& plan);

}  // namespace netfit::quant
