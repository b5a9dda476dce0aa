// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "ir/op_spec.h"

namespace netfit::quant {

/// What a layer with weights needs to know of its data and result.
struct LayerScales {
  float data;
  float result;
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

LayerParameters quantize_layer(const ir::NodeView& layer, LayerScales scales);

}  // namespace netfit::quant
