// SPDX-License-Identifier: Apache-2.0
#include "passes/layer_parameters.h"

#include "passes/constants.h"
#include "passes/layer_channels.h"

namespace netfit::passes {

using ir::NodeView;

bool has_constant_parameters(const NodeView& node) {
  return is_layer(node.op()) && constant_floats(node, 1) && (!node.has_input(2) || constant_floats(node, 2));
}

std::vector<double> bias_of(const NodeView& layer) {
  if (layer.has_input(2)) return tensor::to_doubles(*layer.input(2).constant);
  return std::vector<double>(static_cast<std::size_t>(layer.output().shape.dim(-1)), 0.0);
}

namespace {

Tensor floats(const Shape& shape, const std::vector<double>& elements) {
  return Tensor::from(shape, std::vector<float>(elements.begin(), elements.end()));
}

}  // namespace

void set_parameters(Wiring& wiring, ir::NodeId id, const std::vector<double>& weights,
                    const std::vector<double>& bias) {
  const NodeView layer(wiring.graph(), wiring.graph().node(id));
  const Shape channels{static_cast<std::int64_t>(bias.size())};
  const Shape shape = layer.input(1).shape;
  const bool has_bias = layer.has_input(2);
  const std::string bias_name = layer.input(1).name + "_bias";
  replace_constant(wiring, id, 1, floats(shape, weights));
  if (has_bias) {
    replace_constant(wiring, id, 2, floats(channels, bias));
  } else {
    wiring.set_input(id, 2, wiring.add_constant(bias_name, floats(channels, bias)));
  }
}

}  // namespace netfit::passes
