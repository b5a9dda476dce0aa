// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "quant/observers/histogram.h"

namespace netfit::quant {

/// The range from whose 256 levels the distribution of the elements is told with the least loss of information, by
/// Kullback-Leibler divergence, as TensorRT chooses it (Migacz, 8-bit Inference with TensorRT, GTC 2017). Unlike there,
/// the ends need not be symmetric around zero: each is searched for in turn, over all that keep at least 256 of 2048
/// bins, in steps of 8 bins.
Range entropy_range(const Histogram& histogram);

}  // namespace netfit::quant
