// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "ir/graph.h"
#include "quant/quantize.h"
#include "quant/samples.h"

namespace netfit::quant {

/// Adds to `options.roundings` what the quantized layers must be shifted by so that each output channel has the float
/// graph's mean over the samples: layers in graph order, those before already quantized and corrected
/// (arXiv:1906.04721, section 4.2, appendix D).
Result<void> correct_bias_empirically(const ir::Graph& graph, const Ranges& ranges, const Samples& samples,
                                      LayerOptions& options);

/// The same without running the quantized graph: what the rounding of a layer's weights does to the mean of its float
/// data, sum over inputs of error times mean. With batch-norm statistics at hand the mean could come from them
/// (section 4.2.1); here it is that of the samples.
Result<void> correct_bias_analytically(const ir::Graph& graph, const Ranges& ranges, const Samples& samples,
                                       LayerOptions& options);

}  // namespace netfit::quant
