// SPDX-License-Identifier: Apache-2.0
// What has no window: elementwise ops, pools, movements, and ops that only structure files name.
#include <algorithm>
#include <array>
#include <string_view>

#include "cost/term_counter.h"
#include "ir/ops.h"

namespace netfit::cost {
void TermCounter::count_elementwise(const ir::NodeView& node, bool int8, TermCounts& counts) const {
  double touched = elements(node.output());
  bool equal = true;
  for (std::size_t i = 0; i < std::min<std::size_t>(node.input_count(), 2); ++i) {
    if (!node.has_input(i)) continue;
    touched += elements(node.input(i));
    equal = equal && node.input(i).shape.element_count() == node.output().shape.element_count();
  }
  counts[int8 ? Term::Int8Elementwise : equal ? Term::Elementwise : Term::Broadcast] += touched;
}

void TermCounter::count_other(const ir::NodeView& node, bool int8, TermCounts& counts) const {
  const ir::OpSpec* op = &node.op();
  const double out = elements(node.output());
  const double in = elements(node.input(0));
  if (op == &ir::kOpaque) return count_opaque(node, counts);
  if (op == &ir::kAveragePool2d || op == &ir::kMaxPool2d) {
    const ir::Extent2d& window = node.attrs<ir::Pool2dAttrs>().window;
    const double taps = out * static_cast<double>(window.height) * static_cast<double>(window.width);
    const bool global = node.output().shape[1] == 1 && node.output().shape[2] == 1;
    counts[int8 ? Term::Int8Pool : global ? Term::GlobalPool : Term::Pool] += global ? in : taps;
  } else if (op == &ir::kMean) {
    counts[int8 ? Term::Int8Pool : Term::GlobalPool] += in;
  } else if (op == &ir::kConcat || op == &ir::kPad || op == &ir::kRequantize) {
    counts[int8 ? Term::Int8Movement : Term::Movement] += out;
  } else if (op == &ir::kTranspose) {
    counts[int8 ? Term::Int8Movement : Term::Shuffle] += out;
  } else if (op == &ir::kSigmoid || op == &ir::kSoftmax || (int8 && rules_.tiled && op == &ir::kHardSwish)) {
    counts[int8 ? Term::Int8Transcendental : Term::Transcendental] += out;
  } else if (node.input_count() == 1 || op == &ir::kBatchNorm) {
    counts[int8 ? Term::Int8Elementwise : Term::Activation] += (int8 ? 2 : 1) * out;
  } else if (op->macs != nullptr) {
    counts[Term::MatMul] += static_cast<double>(op->macs(node));
  } else {
    count_elementwise(node, int8, counts);
  }
}

void TermCounter::count_opaque(const ir::NodeView& node, TermCounts& counts) const {
  using std::string_view;
  constexpr std::array<string_view, 8> kExponential{"exp",     "gelu",  "mish", "sigmoid",
                                                    "softmax", "swish", "tanh", "elu"};
  constexpr std::array<string_view, 2> kBinary{"binary_op", "eltwise"};
  const auto has = [](const auto& names, string_view name) { return std::ranges::find(names, name) != names.end(); };
  const auto& attrs = node.attrs<ir::OpaqueAttrs>();
  const string_view kind = attrs.kind;
  const double out = elements(node.output());
  if (attrs.macs > 0 && kind.starts_with("deconvolution")) {
    counts[kind.ends_with("depth_wise") ? Term::DepthwiseOther : Term::Conv] += static_cast<double>(attrs.macs);
  } else if (attrs.macs > 0) {
    counts[Term::MatMul] += static_cast<double>(attrs.macs);
  } else if (has(kExponential, kind) || kind == "layer_norm") {
    counts[Term::Transcendental] += out;
  } else if (has(kBinary, kind)) {
    count_elementwise(node, false, counts);
  } else if (kind == "lrn") {
    counts[Term::Normalization] += out;
  } else if (kind.ends_with("detection_output")) {
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      if (node.has_input(i)) counts[Term::Detection] += elements(node.input(i));
    }
  } else if (kind.starts_with("global_") || kind == "reduction" || kind == "adaptive_pooling") {
    counts[Term::GlobalPool] += elements(node.input(0));
  } else if (kind == "shuffle_channel" || kind == "permute") {
    counts[Term::Shuffle] += out;
  } else if (kind == "clip") {
    counts[Term::Activation] += out;
  } else {
    counts[Term::Movement] += out;
  }
}

}  // namespace netfit::cost
