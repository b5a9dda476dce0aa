// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/op_spec.h"
#include "quant/precision.h"
#include "quant/roundings.h"

namespace netfit::quant {

/// What a layer with weights needs to know of its data and result.
struct LayerScales {
  float data;
  float result;
  /// What each channel of the data is like on average, where that is known. The error of rounding a weight then acts on
  /// the distance from there: what it does to the average goes into the bias.
  std::vector<float> centre = {};
};

struct QuantizedTensor {
  Tensor tensor;
  QuantParams params;
};

/// Integer weights and bias of a float conv2d, depthwise_conv2d or fully_connected. A layer without bias gets one of
/// zeros, as every runtime's fastest kernels want one.
struct LayerParameters {
  QuantizedTensor weights;
  QuantizedTensor bias;
};

/// For integer arithmetic: the weights as i8 or i4, the bias as i32 (i64 under 16-bit activations). `rounding` says
/// what of it is decided already.
LayerParameters quantize_layer(const ir::NodeView& layer, const LayerScales& scales, const Precision& precision,
                               const LayerRounding& rounding);

/// The weights alone, as float arithmetic widens them.
QuantizedTensor quantize_weights(const ir::NodeView& layer, const Precision& precision, const LayerRounding& rounding);

/// The float bias, or zeros, with what `rounding` adds to it.
std::vector<double> shifted_bias(const ir::NodeView& layer, const LayerRounding& rounding);

}  // namespace netfit::quant
