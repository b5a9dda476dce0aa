// SPDX-License-Identifier: Apache-2.0
#include "train/network.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/random.h"
#include "base/text.h"
#include "ir/ops.h"
#include "train/ops/ops.h"
#include "train/rounding.h"

namespace netfit::train {
namespace {

Result<void> check_trainable(const ir::Graph& graph) {
  Diagnostics faults;
  if (graph.inputs.size() != 1 || graph.outputs.size() != 1) {
    faults.error(
        "", fmt::format("has {} inputs and {} outputs (allowed: one each)", graph.inputs.size(), graph.outputs.size()));
  }
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (find_operation(node.op()) == nullptr) faults.error(ir::describe(node), "cannot be trained");
  }
  NETFIT_TRY(faults.result());
  for (const ir::ValueId id : graph.values()) {
    const ir::Value& value = graph.value(id);
    if (value.dtype == DType::Float32 && !value.quant) continue;
    return bad_input(fmt::format("is quantized already: '{}' is {} (allowed: float models)",
                                 base::printable(value.name, 60), name(value.dtype)));
  }
  return {};
}

// What the classifier computes before a softmax at its end, if it has one.
ir::ValueId logits_of(const ir::Graph& graph) {
  const ir::ValueId output = graph.outputs.front().value;
  for (const ir::NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    if (node.outputs.front() == output && node.op == &ir::kSoftmax) return node.inputs.front();
  }
  return output;
}

// Each sample skips the branch with the given chance; what stays is scaled so that the mean does not change.
at::Tensor drop_branch(const at::Tensor& branch, double chance) {
  std::vector<std::int64_t> one_each(static_cast<std::size_t>(branch.dim()), 1);
  one_each.front() = branch.size(0);
  const at::Tensor kept = at::rand(one_each, branch.options().dtype(at::kFloat)) >= chance;
  return branch * (kept.to(at::kFloat) / (1 - chance)).to(branch.scalar_type());
}

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

Result<Network> Network::create(ir::Graph graph, QatScheme scheme) {
  NETFIT_TRY(check_trainable(graph));
  Network network;
  network.graph_ = std::move(graph);
  network.layout_ = make_layout(network.graph_, scheme);
  network.result_ = logits_of(network.graph_);
  for (const ir::NodeId id : network.graph_.order()) {
    network.steps_.push_back({.node = id, .apply = find_operation(*network.graph_.node(id).op)});
  }
  network.branches_ = network.number_branches();
  return network;
}

// A sum of two values of one shape joins a branch to what it leaves out; the branch is the one that was computed last.
std::int64_t Network::number_branches() {
  std::vector<std::size_t> made(static_cast<std::size_t>(graph_.values().back().index) + 1, 0);
  int branches = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const ir::Node& node = graph_.node(steps_[i].node);
    made[static_cast<std::size_t>(node.outputs.front().index)] = i + 1;
    if (node.op != &ir::kAdd) continue;
    const auto step_of = [&](std::size_t input) { return made[static_cast<std::size_t>(node.inputs[input].index)]; };
    const bool joins = graph_.value(node.inputs[0]).shape == graph_.value(node.inputs[1]).shape &&
                       !graph_.value(node.inputs[0]).is_constant() && !graph_.value(node.inputs[1]).is_constant();
    if (!joins) continue;
    steps_[i].branch = branches++;
    steps_[i].branch_input = step_of(0) > step_of(1) ? 0 : 1;
  }
  return branches;
}

at::Tensor Network::logits(const Parameters& parameters, const at::Tensor& input, const Forward& forward) const {
  std::vector<at::Tensor> values(static_cast<std::size_t>(graph_.values().back().index) + 1);
  const auto at = [&](ir::ValueId id) -> at::Tensor& { return values[static_cast<std::size_t>(id.index)]; };
  const ir::ValueId first = graph_.inputs.front().value;
  at(first) = rounded(parameters, first, input.to(parameters.arithmetic()), forward.rounding);
  const bool drops = forward.phase == Phase::Training && forward.drop_last_branch > 0;
  for (const Step& step : steps_) {
    const ir::Node& node = graph_.node(step.node);
    std::vector<at::Tensor> inputs;
    for (const ir::ValueId id : node.inputs) {
      const bool is_constant = id.valid() && graph_.value(id).is_constant();
      inputs.push_back(!id.valid() ? at::Tensor() : is_constant ? constant(parameters, id, forward.rounding) : at(id));
    }
    if (drops && step.branch >= 0) {
      const double depth = static_cast<double>(step.branch + 1) / static_cast<double>(branches_);
      inputs[step.branch_input] = drop_branch(inputs[step.branch_input], forward.drop_last_branch * depth);
    }
    const at::Tensor result = step.apply(ir::NodeView(graph_, node), inputs, forward);
    at(node.outputs.front()) = rounded(parameters, node.outputs.front(), result, forward.rounding);
    if (node.outputs.front() == result_) break;
  }
  return at(result_).flatten(1).to(at::kFloat);
}

at::Tensor Network::constant(const Parameters& parameters, ir::ValueId id, const Rounding& rounding) const {
  const at::Tensor& value = parameters.value(id);
  const bool is_kernel = value.requires_grad() && value.dim() > 1;
  if (!is_kernel || rounding.scheme == QatScheme::None || rounding.observed.defined()) return value;
  return round_kernel(value, rounding.scheme);
}

at::Tensor Network::rounded(const Parameters& parameters, ir::ValueId id, const at::Tensor& x,
                            const Rounding& rounding) const {
  if (rounding.scheme == QatScheme::None) return x;
  const Rounded& place = layout_.rounded[static_cast<std::size_t>(id.index)];
  if (!place.rounds) return x;
  if (!rounding.observed.defined()) return round_activation(x, parameters.ranges()[place.range]);
  const at::Tensor ends = at::stack({x.min(), x.max()}).to(at::kFloat);
  rounding.observed[place.range].add_(ends);
  return x;
}

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
