// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "ir/graph.h"
#include "quant/samples.h"

namespace netfit::quant {

/// Channels that were scaled together: the values between layers (or a whole residual group, joined by additions) whose
/// channel c is one and the same.
struct EqualizedGroup {
  std::vector<std::string> values;  ///< names, in graph order
  std::int64_t channels = 0;
  std::int64_t scaled = 0;         ///< channels whose factor is not 1
  double gain_db = 0.0;            ///< by which the expected noise behind the group falls
  double largest_factor = 1.0;     ///< of max(f, 1/f)
  std::int64_t worst_channel = 0;  ///< the one with that factor
};

struct Equalization {
  std::vector<EqualizedGroup> groups;  ///< those where something was scaled
};

/// Rescales channels so that one scale for a whole value, or for the weights of an output channel, suits all of them,
/// and undoes it in the consumers; the float function stays the same. Channels are scaled together through additions,
/// pooling and other ops that keep them apart, and ranges over the samples say which need it. Factors are powers of
/// two, so that float results stay the same to the bit unless a denormal interferes. Under a relu6 a channel only
/// grows, to at most half of what the relu6 lets pass, and one that saturates for some sample keeps its scale. A group
/// is left alone unless the expected noise falls by 8 dB, which it does for no group of a healthy network
/// (docs/quantization.md). (Nagel et al., Data-Free Quantization, 2019, arXiv:1906.04721, section 4.1, for pairs of
/// layers; residual groups and the choice by activations are ours.) Fails if an activation is not finite, naming it.
Result<Equalization> equalize(ir::Graph& graph, const Samples& samples);

}  // namespace netfit::quant
