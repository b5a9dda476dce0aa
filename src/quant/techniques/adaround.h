// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"
#include "ir/graph.h"
#include "quant/quantize.h"
#include "quant/samples.h"

namespace netfit::quant {

struct AdaRoundOptions {
  /// Only layers whose weights have at most this many bits; others keep nearest rounding.
  int most_bits = 8;
  std::uint64_t seed = 0;
};

struct AdaRoundReport {
  std::int64_t layers = 0;
  std::int64_t turned = 0;   ///< weights that went the other way than to the nearest
  std::int64_t weights = 0;  ///< of the layers
};

/// Learns for every weight whether it is rounded up or down, and the scales of channels of few bits, so that the
/// layer's result on data from the quantized prefix is nearest to the float result; fills `options.roundings`, biases
/// included. (Nagel et al., Up or Down? Adaptive Rounding for Post-Training Quantization, 2020, arXiv:2004.10568.) The
/// same samples and seed give the same integers on any number of threads.
Result<AdaRoundReport> adaround(const ir::Graph& graph, const Ranges& ranges, const Samples& samples,
                                const AdaRoundOptions& adaround_options, LayerOptions& options);

}  // namespace netfit::quant
