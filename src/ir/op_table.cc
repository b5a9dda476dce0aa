// SPDX-License-Identifier: Apache-2.0
#include "ir/op_table.h"

#include <array>

#include "ir/ops.h"

namespace netfit::ir {
namespace {

// One op a line.
// clang-format off
constexpr std::array kOps{
    &kAdd,
    &kAveragePool2d,
    &kBatchNorm,
    &kConcat,
    &kConv2d,
    &kDepthwiseConv2d,
    &kDiv,
    &kFullyConnected,
    &kHardSigmoid,
    &kHardSwish,
    &kLeakyRelu,
    &kMaxPool2d,
    &kMean,
    &kMul,
    &kOpaque,
    &kPad,
    &kRelu,
    &kRelu6,
    &kReluN1To1,
    &kRequantize,
    &kReshape,
    &kSigmoid,
    &kSoftmax,
    &kSub,
    &kTranspose,
};
// clang-format on

}  // namespace

std::span<const OpSpec* const> op_table() { return kOps; }

const OpSpec* find_op(std::string_view name) {
  for (const OpSpec* op : kOps) {
    if (op->name == name) return op;
  }
  return nullptr;
}

}  // namespace netfit::ir
