// SPDX-License-Identifier: Apache-2.0
#include "diagnose/restore.h"

#include "diagnose/clamps.h"
#include "ir/op_spec.h"
#include "passes/constants.h"

namespace netfit::diagnose {
namespace {

void restore_bias(passes::Wiring& wiring, const ir::NodeView& original, ir::NodeId id) {
  ir::Graph& form = wiring.graph();
  const bool has_bias = ir::NodeView(form, form.node(id)).has_input(2);
  const std::int64_t channels = form.value(form.node(id).outputs.front()).shape.dim(-1);
  Tensor bias = original.has_input(2) ? *original.input(2).constant : Tensor(DType::Float32, Shape{channels});
  if (has_bias) {
    passes::replace_constant(wiring, id, 2, std::move(bias));
  } else if (original.has_input(2)) {
    wiring.set_input(id, 2, wiring.add_constant(form.node(id).name + "_bias", std::move(bias)));
  }
}

}  // namespace

void restore_layer(ir::Graph& form, const ir::Graph& reference, const LayerPair& layer, Parts parts) {
  passes::Wiring wiring(form);
  const ir::NodeView original(reference, reference.node(layer.reference));
  if (parts.weights) passes::replace_constant(wiring, layer.subject, 1, *original.input(1).constant);
  if (parts.bias) restore_bias(wiring, original, layer.subject);
  if (!parts.clamp) return;
  const std::optional<ir::Activation> clamp = fused_activation(original.node());
  if (clamp && fused_activation(form.node(layer.subject))) set_activation(form.node(layer.subject), *clamp);
}

void restore_layers(ir::Graph& form, const ir::Graph& reference, std::span<const LayerPair> layers, Parts parts) {
  for (const LayerPair& layer : layers) restore_layer(form, reference, layer, parts);
}

}  // namespace netfit::diagnose
