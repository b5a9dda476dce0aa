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
  std::int64_t scaled = 0;     ///< channels whose factor is not 1
  double spread_before = 1.0;  ///< greatest over median range of a channel over the samples
  double spread_after = 1.0;
  double largest_factor = 1.0;     ///< of max(f, 1/f)
  std::int64_t worst_channel = 0;  ///< the one with that factor
};

struct Equalization {
  std::vector<EqualizedGroup> groups;  ///< those where something was scaled
};

/// Rescales channels so that what a group's tensors and weights hold per channel is evenly large, and undoes it in the
/// consumers; the float function stays the same. Groups are found over conv, depthwise, fully_connected, and through
/// additions, pooling and other ops that keep channels apart. Where a relu6 lies between, a factor only counts if no
/// sample saturates before or after it; factors are powers of two, so that float results stay the same to the bit
/// unless a denormal or a sum's order interferes. Healthy networks are left alone: a group whose channels are even to
/// within what a range per tensor costs nothing keeps its scales.
/// (Nagel et al., Data-Free Quantization, 2019, arXiv:1906.04721, section 4.1, for pairs and triples; residual groups
/// and the choice by activations are ours.)
Result<Equalization> equalize(ir::Graph& graph, const Samples& samples);

}  // namespace netfit::quant
