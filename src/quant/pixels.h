// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>
#include <vector>

#include "quant/quantize.h"

namespace netfit::quant {

/// What the channels of a layer's data are like on average, by layer.
using Centres = std::unordered_map<ir::NodeId, std::vector<float>>;

/// Rewrites a float graph so that its inputs take pixels from 0 to 255: what their preprocessing records say moves into
/// the weights of the layers behind them. Padding of such a layer becomes an explicit pad by the pixel value that comes
/// nearest to zero behind the preprocessing; where the channels' means differ that is an approximation, the only one
/// here. Ranges follow. Fails on an input without a record, and with every node behind an input that has no weights.
/// Gives the centre of the pixels (the record's mean) for the layers that read them.
Result<Centres> take_pixels(ir::Graph& graph, Ranges& ranges);

}  // namespace netfit::quant
