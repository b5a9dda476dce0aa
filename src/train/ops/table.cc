// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <limits>
#include <utility>

#include "ir/ops.h"
#include "train/ops/ops.h"

namespace netfit::train {
namespace {

using Inputs = std::vector<at::Tensor>;

at::Tensor add(const ir::NodeView& node, const Inputs& in, const Forward&) {
  return activate(in[0] + in[1].to(in[0].scalar_type()), node.attrs<ir::BinaryAttrs>().activation);
}

at::Tensor sub(const ir::NodeView& node, const Inputs& in, const Forward&) {
  return activate(in[0] - in[1].to(in[0].scalar_type()), node.attrs<ir::BinaryAttrs>().activation);
}

at::Tensor mul(const ir::NodeView& node, const Inputs& in, const Forward&) {
  return activate(in[0] * in[1].to(in[0].scalar_type()), node.attrs<ir::BinaryAttrs>().activation);
}

at::Tensor div(const ir::NodeView& node, const Inputs& in, const Forward&) {
  return activate(in[0] / in[1].to(in[0].scalar_type()), node.attrs<ir::BinaryAttrs>().activation);
}

at::Tensor relu(const ir::NodeView&, const Inputs& in, const Forward&) { return activate(in[0], ir::Activation::Relu); }

at::Tensor relu6(const ir::NodeView&, const Inputs& in, const Forward&) {
  return activate(in[0], ir::Activation::Relu6);
}

at::Tensor relu_n1_to_1(const ir::NodeView&, const Inputs& in, const Forward&) {
  return activate(in[0], ir::Activation::ReluN1To1);
}

at::Tensor leaky_relu(const ir::NodeView& node, const Inputs& in, const Forward&) {
  return at::leaky_relu(in[0], node.attrs<ir::LeakyReluAttrs>().alpha);
}

at::Tensor hard_swish(const ir::NodeView&, const Inputs& in, const Forward&) { return at::hardswish(in[0]); }

at::Tensor hard_sigmoid(const ir::NodeView& node, const Inputs& in, const Forward&) {
  const auto& attrs = node.attrs<ir::HardSigmoidAttrs>();
  return at::clamp(in[0] * attrs.alpha + attrs.beta, 0, 1);
}

at::Tensor sigmoid(const ir::NodeView&, const Inputs& in, const Forward&) { return at::sigmoid(in[0]); }

at::Tensor softmax(const ir::NodeView& node, const Inputs& in, const Forward&) {
  return at::softmax(in[0] * node.attrs<ir::SoftmaxAttrs>().beta, -1);
}

at::Tensor mean(const ir::NodeView& node, const Inputs& in, const Forward&) {
  const auto& attrs = node.attrs<ir::ReduceAttrs>();
  return at::mean(in[0], attrs.axes, attrs.keep_dims);
}

at::Tensor concat(const ir::NodeView& node, const Inputs& in, const Forward&) {
  return at::cat(in, node.attrs<ir::ConcatAttrs>().axis);
}

at::Tensor pad(const ir::NodeView& node, const Inputs& in, const Forward&) {
  const auto& attrs = node.attrs<ir::PadAttrs>();
  std::vector<std::int64_t> pads;  // torch begins with the last axis
  for (std::size_t axis = attrs.before.size(); axis-- > 0;) {
    pads.push_back(attrs.before[axis]);
    pads.push_back(attrs.after[axis]);
  }
  return at::constant_pad_nd(in[0], pads, attrs.value);
}

// The first extent of a shape in the graph is its one sample.
at::Tensor reshape(const ir::NodeView& node, const Inputs& in, const Forward&) {
  std::vector<std::int64_t> shape(node.output().shape.dims().begin(), node.output().shape.dims().end());
  shape.front() = in[0].size(0);
  return in[0].reshape(shape);
}

at::Tensor transpose(const ir::NodeView& node, const Inputs& in, const Forward&) {
  return in[0].permute(node.attrs<ir::TransposeAttrs>().perm);
}

// clang-format off
constexpr std::array<std::pair<const ir::OpSpec*, Operation>, 23> kOperations{{
    {&ir::kAdd, &add},
    {&ir::kAveragePool2d, &average_pool2d},
    {&ir::kBatchNorm, &batch_norm},
    {&ir::kConcat, &concat},
    {&ir::kConv2d, &conv2d},
    {&ir::kDepthwiseConv2d, &conv2d},
    {&ir::kDiv, &div},
    {&ir::kFullyConnected, &fully_connected},
    {&ir::kHardSigmoid, &hard_sigmoid},
    {&ir::kHardSwish, &hard_swish},
    {&ir::kLeakyRelu, &leaky_relu},
    {&ir::kMaxPool2d, &max_pool2d},
    {&ir::kMean, &mean},
    {&ir::kMul, &mul},
    {&ir::kPad, &pad},
    {&ir::kRelu, &relu},
    {&ir::kRelu6, &relu6},
    {&ir::kReluN1To1, &relu_n1_to_1},
    {&ir::kReshape, &reshape},
    {&ir::kSigmoid, &sigmoid},
    {&ir::kSoftmax, &softmax},
    {&ir::kSub, &sub},
    {&ir::kTranspose, &transpose},
}};
// clang-format on

}  // namespace

at::Tensor activate(const at::Tensor& x, ir::Activation activation) {
  switch (activation) {
    case ir::Activation::None:
      return x;
    case ir::Activation::Relu:
      return at::relu(x);
    case ir::Activation::Relu6:
      return at::hardtanh(x, 0, 6);
    case ir::Activation::ReluN1To1:
      return at::hardtanh(x, -1, 1);
  }
  NETFIT_UNREACHABLE();
}

Operation find_operation(const ir::OpSpec& op) {
  for (const auto& [spec, operation] : kOperations) {
    if (spec == &op) return operation;
  }
  return nullptr;
}

}  // namespace netfit::train
