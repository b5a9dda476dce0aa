// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "quant/quantize.h"

namespace netfit::quant {

/// Makes the inputs and outputs of an integer graph u8 or f32, under their own names, with a requantize node at each
/// that has another type. For Int8 and Int8Pixels there is nothing to do.
void set_border_types(ir::Graph& graph, Io io);

}  // namespace netfit::quant
