// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/onnx/constant.h"

namespace netfit::formats::onnx {

/// Turns float nodes between dequantization and quantization into integer nodes.
///
///   %a = requantize(%x) to=f32                      %y = conv2d(%x, @w_i8, @b_i32)
///   %b = conv2d(%a, @w, @b)              ->
///   %y = requantize(%b) to=i8
///
/// A relu between node and quantization becomes the node's activation. A node that is not enclosed stays float, with
/// requantize nodes around it. Fails on nodes whose quantization no integer node has, naming all of them.
Result<ir::Graph> fold_quantized_nodes(ir::Graph graph, const QuantizedConstants& constants);

}  // namespace netfit::formats::onnx
