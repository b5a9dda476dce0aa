// SPDX-License-Identifier: Apache-2.0
#include "train/initialize.h"

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "ir/ops.h"
#include "train/layout.h"

namespace netfit::train {
namespace {

float normal(base::Random& random) {
  const double radius = std::sqrt(-2 * std::log(1 - static_cast<double>(random.real(0, 1))));
  return static_cast<float>(radius * std::cos(2 * M_PI * static_cast<double>(random.real(0, 1))));
}

double deviation_of(const ir::Graph& graph, const Slot& slot) {
  if (graph.value(slot.value).shape.rank() == 2) return 0.01;
  // A kernel reaches out channels * window results of its group.
  const std::int64_t out_in_group = slot.depthwise ? 1 : slot.shape[0];
  return std::sqrt(2.0 / static_cast<double>(out_in_group * slot.shape[1] * slot.shape[2]));
}

Tensor filled(const Shape& shape, float value) {
  Tensor tensor(DType::Float32, shape);
  std::ranges::fill(tensor.mutable_data<float>(), value);
  return tensor;
}

}  // namespace

void initialize(ir::Graph& graph, std::uint64_t seed) {
  base::Random random(seed);
  const Layout layout = make_layout(graph);
  for (const Slot& slot : layout.slots) {
    const Shape shape = graph.value(slot.value).shape;
    if (slot.role != Role::Weight) continue;
    const double deviation = deviation_of(graph, slot);
    Tensor weights(DType::Float32, shape);
    for (float& weight : weights.mutable_data<float>()) weight = static_cast<float>(deviation) * normal(random);
    graph.value(slot.value).constant = std::move(weights);
  }
  for (const ir::NodeId id : graph.order()) {
    const ir::Node node = graph.node(id);
    if (node.op != &ir::kBatchNorm) continue;
    for (const std::size_t ones : {std::size_t{1}, std::size_t{4}}) {
      ir::Value& value = graph.value(node.inputs[ones]);
      value.constant = filled(value.shape, 1);
    }
  }
  graph.weights = ir::Weights::Present;
}

}  // namespace netfit::train
