// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/op_writers.h"

#include <algorithm>
#include <array>

#include "ir/ops.h"

namespace netfit::formats::onnx {
namespace {

// Sorted by name, one line each.
constexpr std::array kWriters{
    OpWriter{&ir::kAdd, &write_binary},
    OpWriter{&ir::kAveragePool2d, &write_pool},
    OpWriter{&ir::kBatchNorm, &write_batch_norm},
    OpWriter{&ir::kConcat, &write_concat},
    OpWriter{&ir::kConv2d, &write_conv},
    OpWriter{&ir::kDepthwiseConv2d, &write_conv},
    OpWriter{&ir::kDiv, &write_binary},
    OpWriter{&ir::kFullyConnected, &write_fully_connected},
    OpWriter{&ir::kHardSigmoid, &write_hard_sigmoid},
    OpWriter{&ir::kHardSwish, &write_pointwise},
    OpWriter{&ir::kLeakyRelu, &write_leaky_relu},
    OpWriter{&ir::kMaxPool2d, &write_pool},
    OpWriter{&ir::kMean, &write_mean},
    OpWriter{&ir::kMul, &write_binary},
    OpWriter{&ir::kPad, &write_pad},
    OpWriter{&ir::kRelu, &write_pointwise},
    OpWriter{&ir::kRelu6, &write_pointwise},
    OpWriter{&ir::kReluN1To1, &write_pointwise},
    OpWriter{&ir::kRequantize, &write_requantize},
    OpWriter{&ir::kReshape, &write_reshape},
    OpWriter{&ir::kSigmoid, &write_pointwise},
    OpWriter{&ir::kSoftmax, &write_softmax},
    OpWriter{&ir::kSub, &write_binary},
    OpWriter{&ir::kTranspose, &write_transpose},
};

}  // namespace

const OpWriter* find_writer(const ir::OpSpec* op) {
  const auto* found = std::ranges::find(kWriters, op, &OpWriter::op);
  return found == kWriters.end() ? nullptr : found;
}

}  // namespace netfit::formats::onnx
