// SPDX-License-Identifier: Apache-2.0
#include "ir/ops.h"
#include "train/ops/ops.h"

namespace netfit::train {
namespace {

// Torch counts channels first; permuted, a channels-last tensor is what it calls memory format channels_last.
at::Tensor channels_first(const at::Tensor& x) { return x.permute({0, 3, 1, 2}); }
at::Tensor channels_last(const at::Tensor& x) { return x.permute({0, 2, 3, 1}); }

std::vector<std::int64_t> pair(const ir::Extent2d& extent) { return {extent.height, extent.width}; }

bool symmetric(const ir::Padding2d& padding) { return padding.top == padding.bottom && padding.left == padding.right; }

// What the op does not pad itself is padded before it.
at::Tensor padded(const at::Tensor& x, const ir::Padding2d& padding, double value) {
  return at::constant_pad_nd(x, {padding.left, padding.right, padding.top, padding.bottom}, value);
}

at::Tensor bias_of(const std::vector<at::Tensor>& inputs, const at::Tensor& x) {
  return inputs.size() > 2 && inputs[2].defined() ? inputs[2].to(x.scalar_type()) : at::Tensor();
}

}  // namespace

at::Tensor conv2d(const ir::NodeView& node, const std::vector<at::Tensor>& inputs, const Forward&) {
  const auto& attrs = node.attrs<ir::Conv2dAttrs>();
  at::Tensor x = channels_first(inputs[0]);
  std::vector<std::int64_t> padding{attrs.padding.top, attrs.padding.left};
  if (!symmetric(attrs.padding)) {
    x = padded(x, attrs.padding, 0);
    padding = {0, 0};
  }
  const at::Tensor kernel = channels_first(inputs[1]);
  const at::Tensor y = at::conv2d(x, kernel, bias_of(inputs, x), pair(attrs.stride), padding, pair(attrs.dilation),
                                  x.size(1) / kernel.size(1));
  return activate(channels_last(y), attrs.activation);
}

at::Tensor fully_connected(const ir::NodeView& node, const std::vector<at::Tensor>& inputs, const Forward&) {
  const at::Tensor& x = inputs[0];
  const at::Tensor y = at::linear(x.reshape({x.size(0), -1}), inputs[1], bias_of(inputs, x));
  return activate(y, node.attrs<ir::FullyConnectedAttrs>().activation);
}

at::Tensor batch_norm(const ir::NodeView& node, const std::vector<at::Tensor>& inputs, const Forward& forward) {
  const bool image = inputs[0].dim() == 4;
  const at::Tensor x = image ? channels_first(inputs[0]) : inputs[0];
  const at::Tensor y = at::batch_norm(x, inputs[1], inputs[2], inputs[3], inputs[4], forward.phase == Phase::Training,
                                      forward.batch_norm_momentum, node.attrs<ir::BatchNormAttrs>().epsilon, true);
  return image ? channels_last(y) : y;
}

// The mean counts only pixels that exist, which torch calls count_include_pad = false; it pads on both sides alike, so
// the odd pixel behind is padded here, with a second pooling that counts.
at::Tensor average_pool2d(const ir::NodeView& node, const std::vector<at::Tensor>& inputs, const Forward&) {
  const auto& attrs = node.attrs<ir::Pool2dAttrs>();
  const at::Tensor x = channels_first(inputs[0]);
  const auto pool = [&](const at::Tensor& image) {
    return at::avg_pool2d(padded(image, attrs.padding, 0), pair(attrs.window), pair(attrs.stride), {0, 0}, false, true);
  };
  at::Tensor y = pool(x);
  if (!attrs.padding.none()) y = y / pool(at::ones_like(x));
  return activate(channels_last(y), attrs.activation);
}

at::Tensor max_pool2d(const ir::NodeView& node, const std::vector<at::Tensor>& inputs, const Forward&) {
  const auto& attrs = node.attrs<ir::Pool2dAttrs>();
  at::Tensor x = channels_first(inputs[0]);
  if (!attrs.padding.none()) x = padded(x, attrs.padding, -std::numeric_limits<double>::infinity());
  return activate(channels_last(at::max_pool2d(x, pair(attrs.window), pair(attrs.stride))), attrs.activation);
}

}  // namespace netfit::train
