// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/activation.h"

#include <cmath>

#include <fmt/format.h>

#include "ir/ops/infer.h"

namespace netfit::ir {
namespace {

Result<TensorType> infer_softmax(const NodeView& node) {
  if (node.input(0).shape.rank() < 1) return bad_input("softmax of a scalar has no axis");
  const float beta = node.attrs<SoftmaxAttrs>().beta;
  if (!std::isfinite(beta)) return bad_input(fmt::format("beta {} is not finite", beta));
  return infer_same(node);
}

Result<TensorType> infer_hard_sigmoid(const NodeView& node) {
  const auto& attrs = node.attrs<HardSigmoidAttrs>();
  if (!std::isfinite(attrs.alpha) || !std::isfinite(attrs.beta)) {
    return bad_input(fmt::format("alpha {} or beta {} is not finite", attrs.alpha, attrs.beta));
  }
  return infer_same(node);
}

Result<TensorType> infer_leaky_relu(const NodeView& node) {
  const float alpha = node.attrs<LeakyReluAttrs>().alpha;
  if (!std::isfinite(alpha)) return bad_input(fmt::format("alpha {} is not finite", alpha));
  return infer_same(node);
}

// The axis is always the last one, so softmax moves with a permutation only if that keeps the last axis.
std::optional<Attrs> permute_softmax(const NodeView& node, std::span<const int> perm) {
  if (perm.empty() || perm.back() != static_cast<int>(perm.size()) - 1) return std::nullopt;
  return node.node().attrs;
}

constexpr OpSpec pointwise(std::string_view name, std::string_view summary) {
  return {.name = name,
          .summary = summary,
          .integer = IntegerForm::Computes,
          .infer = &infer_same,
          .permuted = &keep_attrs};
}

}  // namespace

constinit const OpSpec kHardSigmoid{
    .name = "hard_sigmoid",
    .summary = "clamp of a straight line to [0, 1]",
    .codec = kCodec<HardSigmoidAttrs>,
    .infer = &infer_hard_sigmoid,
    .permuted = &keep_attrs,
};
constinit const OpSpec kHardSwish = pointwise("hard_swish", "x * relu6(x + 3) / 6");
constinit const OpSpec kLeakyRelu{
    .name = "leaky_relu",
    .summary = "x above 0, alpha * x below",
    .integer = IntegerForm::Computes,
    .codec = kCodec<LeakyReluAttrs>,
    .infer = &infer_leaky_relu,
    .permuted = &keep_attrs,
};
constinit const OpSpec kRelu = pointwise("relu", "clamp to [0, inf)");
constinit const OpSpec kRelu6 = pointwise("relu6", "clamp to [0, 6]");
constinit const OpSpec kReluN1To1 = pointwise("relu_n1_to_1", "clamp to [-1, 1]");
constinit const OpSpec kSigmoid{
    .name = "sigmoid",
    .summary = "1 / (1 + exp(-x))",
    .quant = QuantRule::Unit,
    .integer = IntegerForm::Computes,
    .infer = &infer_same,
    .permuted = &keep_attrs,
};
constinit const OpSpec kSoftmax{
    .name = "softmax",
    .summary = "normalized exponentials over the last axis",
    .quant = QuantRule::Unit,
    .integer = IntegerForm::Computes,
    .codec = kCodec<SoftmaxAttrs>,
    .infer = &infer_softmax,
    .permuted = &permute_softmax,
};

std::optional<Activation> as_activation(const OpSpec& op) {
  if (&op == &kRelu) return Activation::Relu;
  if (&op == &kRelu6) return Activation::Relu6;
  if (&op == &kReluN1To1) return Activation::ReluN1To1;
  return std::nullopt;
}

}  // namespace netfit::ir
