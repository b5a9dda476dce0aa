// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "interp/kernels/batch_norm.h"
#include "interp/kernels/concat.h"
#include "interp/kernels/conv2d.h"
#include "interp/kernels/depthwise_conv2d.h"
#include "interp/kernels/elementwise.h"
#include "interp/kernels/fully_connected.h"
#include "interp/kernels/hard_sigmoid.h"
#include "interp/kernels/hard_swish.h"
#include "interp/kernels/kernel.h"
#include "interp/kernels/mean.h"
#include "interp/kernels/pad.h"
#include "interp/kernels/pool.h"
#include "interp/kernels/relu.h"
#include "interp/kernels/requantize.h"
#include "interp/kernels/reshape.h"
#include "interp/kernels/sigmoid.h"
#include "interp/kernels/softmax.h"
#include "interp/kernels/transpose.h"
#include "ir/ops.h"

namespace netfit::interp {
namespace {

Result<Step> prepare_opaque(const ir::NodeView& node) {
  return bad_input(
      fmt::format("operation '{}' is only costed, nothing computes it", node.attrs<ir::OpaqueAttrs>().kind));
}

constexpr std::array kKernels{
    Kernel{&ir::kAdd, &prepare_add},
    Kernel{&ir::kAveragePool2d, &prepare_average_pool2d},
    Kernel{&ir::kBatchNorm, &prepare_batch_norm},
    Kernel{&ir::kConcat, &prepare_concat},
    Kernel{&ir::kConv2d, &prepare_conv2d},
    Kernel{&ir::kDepthwiseConv2d, &prepare_depthwise_conv2d},
    Kernel{&ir::kDiv, &prepare_div},
    Kernel{&ir::kFullyConnected, &prepare_fully_connected},
    Kernel{&ir::kHardSigmoid, &prepare_hard_sigmoid},
    Kernel{&ir::kHardSwish, &prepare_hard_swish},
    Kernel{&ir::kLeakyRelu, &prepare_leaky_relu},
    Kernel{&ir::kMaxPool2d, &prepare_max_pool2d},
    Kernel{&ir::kMean, &prepare_mean},
    Kernel{&ir::kMul, &prepare_mul},
    Kernel{&ir::kOpaque, &prepare_opaque},
    Kernel{&ir::kPad, &prepare_pad},
    Kernel{&ir::kRelu, &prepare_relu},
    Kernel{&ir::kRelu6, &prepare_relu},
    Kernel{&ir::kReluN1To1, &prepare_relu},
    Kernel{&ir::kRequantize, &prepare_requantize},
    Kernel{&ir::kReshape, &prepare_reshape},
    Kernel{&ir::kSigmoid, &prepare_sigmoid},
    Kernel{&ir::kSoftmax, &prepare_softmax},
    Kernel{&ir::kSub, &prepare_sub},
    Kernel{&ir::kTranspose, &prepare_transpose},
};

}  // namespace

std::span<const Kernel> kernel_table() { return kKernels; }

Result<Step> prepare(const ir::NodeView& node) {
  for (const Kernel& kernel : kKernels) {
    if (kernel.op == &node.op()) return kernel.prepare(node);
  }
  return no_kernel(node);
}

base::Failure no_kernel(const ir::NodeView& node) {
  std::string types;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (!node.has_input(i)) continue;
    types += fmt::format("{}{}", types.empty() ? "" : ", ", tensor::name(node.input(i).dtype));
  }
  return bad_input(
      fmt::format("no kernel for {} ({}) -> {}", node.op().name, types, tensor::name(node.output().dtype)));
}

}  // namespace netfit::interp
