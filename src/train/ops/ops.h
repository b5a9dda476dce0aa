// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <ATen/ATen.h>

#include "ir/op_spec.h"
#include "train/network.h"

namespace netfit::train {

/// One op on torch tensors that have the graph's axes, samples first. An absent optional input is an undefined tensor.
using Operation = at::Tensor (*)(const ir::NodeView& node, const std::vector<at::Tensor>& inputs,
                                 const Forward& forward);

/// Nothing for ops that cannot be trained.
Operation find_operation(const ir::OpSpec& op);

at::Tensor conv2d(const ir::NodeView& node, const std::vector<at::Tensor>& inputs, const Forward& forward);
at::Tensor fully_connected(const ir::NodeView& node, const std::vector<at::Tensor>& inputs, const Forward& forward);
at::Tensor batch_norm(const ir::NodeView& node, const std::vector<at::Tensor>& inputs, const Forward& forward);
at::Tensor average_pool2d(const ir::NodeView& node, const std::vector<at::Tensor>& inputs, const Forward& forward);
at::Tensor max_pool2d(const ir::NodeView& node, const std::vector<at::Tensor>& inputs, const Forward& forward);

at::Tensor activate(const at::Tensor& x, ir::Activation activation);

}  // namespace netfit::train
