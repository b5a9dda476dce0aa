// SPDX-License-Identifier: Apache-2.0
#include "diagnose/clamps.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "ir/ops/conv.h"
#include "ir/ops/elementwise.h"
#include "ir/ops/pool.h"

namespace netfit::diagnose {
namespace {

// Of a step and a half: a relu6 has its end on the grid, or next to it.
constexpr double kSteps = 1.5;

template <typename Attrs>
bool replace_in(ir::Node& node, ir::Activation activation) {
  if (!node.attrs.holds<Attrs>()) return false;
  Attrs attrs = node.attrs.as<Attrs>();
  attrs.activation = activation;
  node.attrs = ir::Attrs::of(attrs);
  return true;
}

template <typename Attrs>
void read_in(const ir::Node& node, std::optional<ir::Activation>& activation) {
  if (node.attrs.holds<Attrs>()) activation = node.attrs.as<Attrs>().activation;
}

bool lies_within(const ir::Value& value, ir::Activation activation) {
  const ir::ActivationRange limits = ir::range_of(activation);
  const Ends ends = ends_of(value);
  const double slack = kSteps * static_cast<double>(value.quant->scale());
  return ends.low >= static_cast<double>(limits.low) - slack && ends.high <= static_cast<double>(limits.high) + slack;
}

// What a value's integers clamp to by themselves.
ir::Activation implied_by(const ir::Value& value) {
  const Ends ends = ends_of(value);
  if (ends.low < 0.0) return ir::Activation::None;
  const double slack = kSteps * static_cast<double>(value.quant->scale());
  return std::fabs(ends.high - 6.0) <= slack ? ir::Activation::Relu6 : ir::Activation::Relu;
}

}  // namespace

std::optional<ir::Activation> fused_activation(const ir::Node& node) {
  std::optional<ir::Activation> activation;
  read_in<ir::Conv2dAttrs>(node, activation);
  read_in<ir::FullyConnectedAttrs>(node, activation);
  read_in<ir::BinaryAttrs>(node, activation);
  read_in<ir::Pool2dAttrs>(node, activation);
  return activation;
}

void set_activation(ir::Node& node, ir::Activation activation) {
  const bool replaced = replace_in<ir::Conv2dAttrs>(node, activation) ||
                        replace_in<ir::FullyConnectedAttrs>(node, activation) ||
                        replace_in<ir::BinaryAttrs>(node, activation) || replace_in<ir::Pool2dAttrs>(node, activation);
  NETFIT_CHECK(replaced);
}

Ends ends_of(const ir::Value& value) {
  const auto scale = static_cast<double>(value.quant->scale());
  const auto zero_point = static_cast<double>(value.quant->zero_point());
  return {scale * (static_cast<double>(tensor::lowest(value.dtype)) - zero_point),
          scale * (static_cast<double>(tensor::highest(value.dtype)) - zero_point)};
}

void restore_implied_clamps(ir::Graph& form, const ir::Graph& subject, const ir::Graph* reference,
                            const std::vector<LayerPair>& layers) {
  for (const ir::NodeId id : subject.order()) {
    const std::optional<ir::Activation> activation = fused_activation(subject.node(id));
    const ir::Value& result = subject.value(subject.node(id).outputs.front());
    if (!activation || !result.quant || *activation == ir::Activation::Relu6) continue;
    ir::Activation implied = *activation;
    if (reference != nullptr) {
      const auto pair = std::ranges::find(layers, id, &LayerPair::subject);
      if (pair == layers.end()) continue;
      const ir::Activation wanted = fused_activation(reference->node(pair->reference)).value_or(implied);
      if (wanted != ir::Activation::None && lies_within(result, wanted)) implied = wanted;
    } else {
      implied = implied_by(result);
    }
    if (implied != ir::Activation::None) set_activation(form.node(id), implied);
  }
}

}  // namespace netfit::diagnose
