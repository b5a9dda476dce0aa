// SPDX-License-Identifier: Apache-2.0
#include "cost/kernel_class.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "ir/ops.h"

namespace netfit::cost {
namespace {

using device::KernelClass;

/// No more input channels than this make a convolution a stem: images, which no SIMD layout fills.
constexpr std::int64_t kStemChannels = 4;

std::int64_t output_elements(const ir::NodeView& node) { return node.output().shape.element_count(); }

Work classify_depthwise(const ir::NodeView& node) {
  // One input channel makes it an ordinary convolution of one channel.
  const bool stem = node.input(0).shape.dim(-1) == 1;
  return {stem ? KernelClass::Stem : KernelClass::Depthwise, node.op().macs(node), node.output().shape.dim(-1)};
}

Work classify_conv(const ir::NodeView& node) {
  const Shape& weights = node.input(1).shape;
  const Shape& result = node.output().shape;
  Work work{KernelClass::Conv, node.op().macs(node), result.dim(-1)};
  const std::int64_t groups = ir::conv_groups(node);
  const std::int64_t channels = node.input(0).shape.dim(-1);
  if (groups > 1) {
    work.kind = groups == channels ? KernelClass::Depthwise : KernelClass::Grouped;
    if (work.kind == KernelClass::Grouped) work.channels /= groups;
  } else if (weights[1] == 1 && weights[2] == 1) {
    // Over a single position it is a matrix by a vector: every weight is used once.
    const bool one_position = result[1] == 1 && result[2] == 1;
    work.kind = one_position ? KernelClass::FullyConnected : KernelClass::Conv1x1;
  } else if (channels <= kStemChannels) {
    work.kind = KernelClass::Stem;
  }
  return work;
}

Work classify_fully_connected(const ir::NodeView& node) {
  return {KernelClass::FullyConnected, node.op().macs(node), node.output().shape.dim(-1)};
}

Work classify_elementwise(const ir::NodeView& node) {
  std::int64_t operands = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) operands += node.has_input(i) ? 1 : 0;
  // batch_norm folds its five operands into one multiplication and one addition.
  return {KernelClass::Elementwise, output_elements(node) * std::min<std::int64_t>(operands, 2), 1};
}

Work classify_transcendental(const ir::NodeView& node) {
  return {KernelClass::Transcendental, output_elements(node), 1};
}

Work classify_movement(const ir::NodeView& node) { return {KernelClass::Movement, output_elements(node), 1}; }

Work classify_pool(const ir::NodeView& node) {
  const ir::Extent2d window = node.attrs<ir::Pool2dAttrs>().window;
  // In wide padding a hostile window can be so large that the product leaves 64 bits.
  constexpr double kMost = 0x1p62;
  const double taps = static_cast<double>(output_elements(node)) * static_cast<double>(window.height) *
                      static_cast<double>(window.width);
  return {KernelClass::Pool, static_cast<std::int64_t>(std::min(taps, kMost)), node.output().shape.dim(-1)};
}

Work classify_mean(const ir::NodeView& node) {
  return {KernelClass::Pool, node.input(0).shape.element_count(), node.output().shape.dim(-1)};
}

// Words for what a structure-only file names and netfit has no op for.
constexpr std::array<std::string_view, 9> kExponentialKinds{
    "exp", "gelu", "layer_norm", "lrn", "mish", "sigmoid", "softmax", "swish", "tanh",
};

Work classify_opaque(const ir::NodeView& node) {
  const auto& attrs = node.attrs<ir::OpaqueAttrs>();
  if (attrs.macs > 0) return {KernelClass::MatMul, attrs.macs, 1};
  const bool exponential = std::ranges::find(kExponentialKinds, attrs.kind) != kExponentialKinds.end();
  return exponential ? classify_transcendental(node) : classify_movement(node);
}

struct Row {
  const ir::OpSpec* op;
  Work (*classify)(const ir::NodeView& node);
};

// One op a line; what is not here counts its MACs as a matrix product, or touches its elements.
constexpr std::array kRows{
    Row{&ir::kAveragePool2d, &classify_pool},
    Row{&ir::kConcat, &classify_movement},
    Row{&ir::kConv2d, &classify_conv},
    Row{&ir::kDepthwiseConv2d, &classify_depthwise},
    Row{&ir::kFullyConnected, &classify_fully_connected},
    Row{&ir::kMaxPool2d, &classify_pool},
    Row{&ir::kMean, &classify_mean},
    Row{&ir::kOpaque, &classify_opaque},
    Row{&ir::kPad, &classify_movement},
    Row{&ir::kSigmoid, &classify_transcendental},
    Row{&ir::kSoftmax, &classify_transcendental},
    Row{&ir::kTranspose, &classify_movement},
};

}  // namespace

Work classify(const ir::NodeView& node) {
  const auto* row = std::ranges::find(kRows, &node.op(), &Row::op);
  if (row != kRows.end()) return row->classify(node);
  if (node.op().macs != nullptr) return {KernelClass::MatMul, node.op().macs(node), node.output().shape.dim(-1)};
  return classify_elementwise(node);
}

bool is_free(const ir::OpSpec& op) { return &op == &ir::kReshape; }

}  // namespace netfit::cost
