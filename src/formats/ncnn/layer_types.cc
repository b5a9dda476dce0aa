// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "formats/ncnn/layer_readers.h"

namespace netfit::formats::ncnn {
namespace {

using Results = std::vector<ir::ValueId>;

template <ReadResult (*read)(Importer&, const LayerView&)>
Result<Results> one(Importer& importer, const LayerView& view) {
  return Results{NETFIT_TRY(read(importer, view))};
}

// Layers that cost nothing: their results are their input. What else a Noop reads is left unread, and so a result of
// the graph.
Result<Results> pass_on(Importer& /*importer*/, const LayerView& view) {
  return Results(view.layer.outputs.size(), view.inputs.front());
}

constexpr int kMany = 1000;

// Sorted by name, one a line.
// clang-format off
constexpr std::array kTypes{
    LayerType{"AbsVal", 1, 1, &one<&read_pointwise>},
    LayerType{"BNLL", 1, 1, &one<&read_pointwise>},
    LayerType{"BatchNorm", 1, 1, &one<&read_batch_norm>},
    LayerType{"BinaryOp", 1, 2, &one<&read_binary_op>},
    LayerType{"Clip", 1, 1, &one<&read_clip>},
    LayerType{"Concat", 1, kMany, &one<&read_concat>},
    LayerType{"Convolution", 1, 1, &one<&read_convolution>},
    LayerType{"ConvolutionDepthWise", 1, 1, &one<&read_convolution>},
    LayerType{"Crop", 1, 2, &one<&read_crop>},
    LayerType{"Deconvolution", 1, 1, &one<&read_deconvolution>},
    LayerType{"DeconvolutionDepthWise", 1, 1, &one<&read_deconvolution>},
    LayerType{"DetectionOutput", 3, 5, &one<&read_detections>},
    LayerType{"Dropout", 1, 1, &pass_on},
    LayerType{"ELU", 1, 1, &one<&read_pointwise>},
    LayerType{"Eltwise", 2, kMany, &one<&read_eltwise>},
    LayerType{"Exp", 1, 1, &one<&read_pointwise>},
    LayerType{"Flatten", 1, 1, &one<&read_flatten>},
    LayerType{"GELU", 1, 1, &one<&read_pointwise>},
    LayerType{"Gemm", 1, 2, &one<&read_gemm>},
    LayerType{"HardSigmoid", 1, 1, &one<&read_hard_sigmoid>},
    LayerType{"HardSwish", 1, 1, &one<&read_hard_swish>},
    LayerType{"InnerProduct", 1, 1, &one<&read_inner_product>},
    LayerType{"Input", 0, 0, &one<&read_input>},
    LayerType{"Interp", 1, 2, &one<&read_interp>},
    LayerType{"LRN", 1, 1, &one<&read_pointwise>},
    LayerType{"LayerNorm", 1, 1, &one<&read_layer_norm>},
    LayerType{"Log", 1, 1, &one<&read_pointwise>},
    LayerType{"MVN", 1, 1, &one<&read_pointwise>},
    LayerType{"MemoryData", 0, 0, &one<&read_memory_data>},
    LayerType{"Mish", 1, 1, &one<&read_pointwise>},
    LayerType{"MultiHeadAttention", 1, 3, &one<&read_multi_head_attention>},
    LayerType{"Noop", 1, kMany, &pass_on, true},
    LayerType{"PReLU", 1, 1, &one<&read_prelu>},
    LayerType{"Padding", 1, 1, &one<&read_padding>},
    LayerType{"Permute", 1, 1, &one<&read_permute>},
    LayerType{"Pooling", 1, 1, &one<&read_pooling>},
    LayerType{"Power", 1, 1, &one<&read_pointwise>},
    LayerType{"PriorBox", 1, 2, &one<&read_prior_box>},
    LayerType{"ReLU", 1, 1, &one<&read_relu>},
    LayerType{"Reduction", 1, 1, &one<&read_reduction>},
    LayerType{"Reshape", 1, 1, &one<&read_reshape>},
    LayerType{"SELU", 1, 1, &one<&read_pointwise>},
    LayerType{"Scale", 1, 2, &one<&read_scale>},
    LayerType{"ShuffleChannel", 1, 1, &one<&read_shuffle_channel>},
    LayerType{"Sigmoid", 1, 1, &one<&read_sigmoid>},
    LayerType{"Slice", 1, 1, &read_slice, true},
    LayerType{"Softmax", 1, 1, &one<&read_softmax>},
    LayerType{"Softplus", 1, 1, &one<&read_pointwise>},
    LayerType{"Split", 1, 1, &pass_on, true},
    LayerType{"Swish", 1, 1, &one<&read_pointwise>},
    LayerType{"TanH", 1, 1, &one<&read_pointwise>},
    LayerType{"Threshold", 1, 1, &one<&read_pointwise>},
    LayerType{"UnaryOp", 1, 1, &one<&read_pointwise>},
    LayerType{"YoloDetectionOutput", 1, kMany, &one<&read_detections>},
    LayerType{"Yolov3DetectionOutput", 1, kMany, &one<&read_detections>},
};
// clang-format on

}  // namespace

const LayerType* find_layer_type(std::string_view name) {
  const auto found = std::ranges::lower_bound(kTypes, name, {}, &LayerType::name);
  return found != kTypes.end() && found->name == name ? &*found : nullptr;
}

}  // namespace netfit::formats::ncnn
