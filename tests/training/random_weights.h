// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "arch/arch.h"
#include "base/random.h"
#include "train/initialize.h"
#include "train/network.h"
#include "whole_networks.h"

namespace netfit::whole_networks {

/// A named network with random numbers of the size that trained ones have; batch norms get means and variances that
/// matter.
inline ir::Graph with_random_weights(const std::string& spec) {
  ir::Graph graph = must(arch::build(spec, {.batch_norm = arch::BatchNorm::Kept}));
  train::initialize(graph, 7);
  base::Random random(11);
  for (const ir::ValueId id : graph.values()) {
    ir::Value& value = graph.value(id);
    if (!value.is_constant() || value.shape.rank() != 1) continue;
    const bool positive = value.constant->data<float>().front() == 1;
    for (float& x : value.constant->mutable_data<float>())
      x = positive ? random.real(0.5F, 1.5F) : random.real(-0.3F, 0.3F);
  }
  return graph;
}

}  // namespace netfit::whole_networks
