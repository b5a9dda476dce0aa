// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/ncnn/importer.h"

// How each layer becomes a value: the rows of the table in layer_types.cc. Parameters are numbered as in ncnn's
// docs/developer-guide/operators.md.
namespace netfit::formats::ncnn {

using ReadResult = Result<ir::ValueId>;

// read_windowed.cc
ReadResult read_convolution(Importer& importer, const LayerView& view);
ReadResult read_deconvolution(Importer& importer, const LayerView& view);
// read_pooling.cc
ReadResult read_pooling(Importer& importer, const LayerView& view);
// read_dense.cc
ReadResult read_gemm(Importer& importer, const LayerView& view);
ReadResult read_inner_product(Importer& importer, const LayerView& view);
ReadResult read_multi_head_attention(Importer& importer, const LayerView& view);
// read_normalization.cc
ReadResult read_batch_norm(Importer& importer, const LayerView& view);
ReadResult read_layer_norm(Importer& importer, const LayerView& view);
ReadResult read_scale(Importer& importer, const LayerView& view);
ReadResult read_softmax(Importer& importer, const LayerView& view);
// read_elementwise.cc
ReadResult read_binary_op(Importer& importer, const LayerView& view);
ReadResult read_clip(Importer& importer, const LayerView& view);
ReadResult read_eltwise(Importer& importer, const LayerView& view);
ReadResult read_hard_sigmoid(Importer& importer, const LayerView& view);
ReadResult read_hard_swish(Importer& importer, const LayerView& view);
ReadResult read_prelu(Importer& importer, const LayerView& view);
ReadResult read_relu(Importer& importer, const LayerView& view);
ReadResult read_sigmoid(Importer& importer, const LayerView& view);
/// Any layer with one input whose result has its shape, and that no op expresses.
ReadResult read_pointwise(Importer& importer, const LayerView& view);
// read_shape.cc
ReadResult read_concat(Importer& importer, const LayerView& view);
ReadResult read_flatten(Importer& importer, const LayerView& view);
ReadResult read_padding(Importer& importer, const LayerView& view);
ReadResult read_permute(Importer& importer, const LayerView& view);
ReadResult read_reduction(Importer& importer, const LayerView& view);
ReadResult read_reshape(Importer& importer, const LayerView& view);
ReadResult read_shuffle_channel(Importer& importer, const LayerView& view);
// read_parts.cc
ReadResult read_crop(Importer& importer, const LayerView& view);
ReadResult read_interp(Importer& importer, const LayerView& view);
Result<std::vector<ir::ValueId>> read_slice(Importer& importer, const LayerView& view);
// read_detection.cc
ReadResult read_detections(Importer& importer, const LayerView& view);
ReadResult read_prior_box(Importer& importer, const LayerView& view);
// read_source.cc
ReadResult read_input(Importer& importer, const LayerView& view);
ReadResult read_memory_data(Importer& importer, const LayerView& view);

/// Type of the weights of a layer, by parameter 8: with int8 weights ncnn quantizes the layer's float data as it runs,
/// which is what our convolutions do with float data and int8 weights.
Result<DType> weight_type(const Params& params);

/// The activation that a layer applies to its own result: parameters 9 and 10. `fused` is what a convolution or
/// fully_connected can take over; the rest needs a node, which `add_activation` makes.
struct LayerActivation {
  std::int64_t type = 0;
  std::vector<double> params;
  ir::Activation fused = ir::Activation::None;

  bool needs_node() const { return type != 0 && fused == ir::Activation::None; }
};
Result<LayerActivation> read_activation(const Params& params);
ReadResult add_activation(Importer& importer, ir::ValueId x, const LayerActivation& activation,
                          const std::string& result);

/// The name of what comes before the node that add_activation makes.
std::string before_activation(const LayerView& view, const LayerActivation& activation);

/// Window, stride, dilation and pads of layers that slide one: parameters 1 to 4 and 11 to 16.
struct Window {
  ir::Extent2d extent;
  ir::Extent2d stride;
  ir::Extent2d dilation;
  ir::Padding2d padding;
  bool same_upper = false;  ///< the left pad is -233: TensorFlow's SAME
  bool same_lower = false;  ///< -234: the odd pixel before
};
Result<Window> read_window(const Params& params);

}  // namespace netfit::formats::ncnn
