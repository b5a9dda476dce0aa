// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/op_spec.h"

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

/// The int8 weights and i32 bias of a float conv2d, depthwise_conv2d or fully_connected. A layer without bias gets one
/// of zeros, as every runtime's fastest kernels want one.
struct LayerParameters {
  QuantizedTensor weights;
  QuantizedTensor bias;
};

LayerParameters quantize_layer(const ir::NodeView& layer, const LayerScales& scales);

}  // namespace netfit::quant
