// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "quant/quantize.h"

namespace netfit::quant {

/// Rewrites a float graph so that its inputs take pixels from 0 to 255: what their preprocessing records say moves into
/// the weights of the layers behind them. Padding of such a layer becomes an explicit pad by the pixel value that comes
/// nearest to zero behind the preprocessing; where the channels' means differ that is an approximation, the only one
/// here. Ranges follow. Fails on an input without a record, and with every node behind an input that has no weights.
Result<void> take_pixels(ir::Graph& graph, Ranges& ranges);

}  // namespace netfit::quant
