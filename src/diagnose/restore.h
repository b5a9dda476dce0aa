// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "diagnose/examination.h"

namespace netfit::diagnose {

/// Which parts of a layer are put back.
struct Parts {
  bool weights = true;
  bool bias = true;
  bool clamp = true;
};

/// Gives a layer of `form` (make_float_form or a copy of it) the reference's weights, bias and clamp.
void restore_layer(ir::Graph& form, const ir::Graph& reference, const LayerPair& layer, Parts parts = {});

/// The same for several.
void restore_layers(ir::Graph& form, const ir::Graph& reference, std::span<const LayerPair> layers, Parts parts = {});

}  // namespace netfit::diagnose
