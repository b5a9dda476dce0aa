// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"
#include "ir/graph.h"
#include "quant/samples.h"

namespace netfit::quant {

struct Absorption {
  std::int64_t channels = 0;  ///< whose offset moved on
  std::int64_t layers = 0;    ///< with such channels
};

/// Moves the part of a channel's offset that no sample goes below out of a layer's result and into the bias of the
/// layers behind it, so that ranges of activations get narrower. An activation between stays as it is, so a channel
/// moves only if no sample meets its upper end; the float function stays the same on the samples. Nothing moves into a
/// layer that pads with zeros, or if anything else than a layer reads the result. (arXiv:1906.04721, section 4.1.3,
/// with the least of the samples in the place of the batch norm's mean minus three deviations.)
Result<Absorption> absorb_high_bias(ir::Graph& graph, const Samples& samples);

}  // namespace netfit::quant
