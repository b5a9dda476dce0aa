// SPDX-License-Identifier: Apache-2.0
#include "train/network.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "ir/ops.h"
#include "passes/fold_batch_norm.h"
#include "train/ops/folded.h"
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

}  // namespace

Result<Network> Network::create(ir::Graph graph, const QatRecipe& qat) {
  NETFIT_TRY(check_trainable(graph));
  Network network;
  network.graph_ = std::move(graph);
  network.layout_ = make_layout(network.graph_, qat);
  network.result_ = logits_of(network.graph_);
  for (const ir::NodeId id : network.graph_.order()) {
    network.steps_.push_back({.node = id, .apply = find_operation(*network.graph_.node(id).op)});
  }
  if (qat.scheme != QatScheme::None) network.fold_batch_norms();
  network.branches_ = network.number_branches();
  network.kernels_.resize(static_cast<std::size_t>(network.graph_.values().back().index) + 1, -1);
  int place = 0;
  for (const Slot& slot : network.layout_.slots) {
    if (slot.role == Role::Weight) network.kernels_[static_cast<std::size_t>(slot.value.index)] = place;
    ++place;
  }
  return network;
}

// A layer takes the batch norm that alone reads it.
void Network::fold_batch_norms() {
  const passes::Wiring wiring(graph_);
  std::unordered_set<ir::NodeId> folded;
  for (Step& step : steps_) {
    const ir::ValueId result = graph_.node(step.node).outputs.front();
    if (!wiring.has_single_reader(result)) continue;
    const ir::NodeId reader = wiring.readers(result).front();
    const bool folds = graph_.node(reader).op == &ir::kBatchNorm && passes::layer_before(wiring, reader) == step.node;
    if (!folds) continue;
    step.norm = reader;
    folded.insert(reader);
  }
  std::erase_if(steps_, [&](const Step& step) { return folded.contains(step.node); });
}

ir::ValueId Network::result_of(const Step& step) const {
  return graph_.node(step.norm.valid() ? step.norm : step.node).outputs.front();
}

// A sum of two values of one shape joins a branch to what it leaves out; the branch is the one that was computed last.
std::int64_t Network::number_branches() {
  std::vector<std::size_t> made(static_cast<std::size_t>(graph_.values().back().index) + 1, 0);
  int branches = 0;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const ir::Node& node = graph_.node(steps_[i].node);
    made[static_cast<std::size_t>(result_of(steps_[i]).index)] = i + 1;
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

Outputs Network::run(const Parameters& parameters, const at::Tensor& input, const Forward& forward,
                     std::span<const ir::ValueId> features) const {
  std::vector<at::Tensor> values(static_cast<std::size_t>(graph_.values().back().index) + 1);
  const auto at = [&](ir::ValueId id) -> at::Tensor& { return values[static_cast<std::size_t>(id.index)]; };
  const ir::ValueId first = graph_.inputs.front().value;
  at(first) = rounded(parameters, first, input.to(parameters.arithmetic()), forward.rounding);
  const bool drops = forward.phase == Phase::Training && forward.drop_last_branch > 0;
  const auto input_of = [&](ir::ValueId id) -> at::Tensor {
    if (!id.valid()) return {};
    return graph_.value(id).is_constant() ? constant(parameters, id, forward.rounding) : at(id);
  };
  const auto compute = [&](const Step& step) -> at::Tensor {
    const ir::Node& node = graph_.node(step.node);
    if (step.norm.valid()) return folded(parameters, step, at(node.inputs[0]), forward);
    std::vector<at::Tensor> inputs;
    for (const ir::ValueId id : node.inputs) inputs.push_back(input_of(id));
    if (drops && step.branch >= 0) {
      const double depth = static_cast<double>(step.branch + 1) / static_cast<double>(branches_);
      inputs[step.branch_input] = drop_branch(inputs[step.branch_input], forward.drop_last_branch * depth);
    }
    return step.apply(ir::NodeView(graph_, node), inputs, forward);
  };
  for (const Step& step : steps_) {
    const ir::ValueId id = result_of(step);
    at(id) = rounded(parameters, id, compute(step), forward.rounding);
    if (id == result_) break;
  }
  Outputs outputs{.logits = at(result_).flatten(1).to(at::kFloat)};
  for (const ir::ValueId id : features) outputs.features.push_back(at(id));
  return outputs;
}

at::Tensor Network::folded(const Parameters& parameters, const Step& step, const at::Tensor& data,
                           const Forward& forward) const {
  const ir::NodeView layer(graph_, graph_.node(step.node));
  const ir::Node& norm = graph_.node(step.norm);
  const ir::ValueId kernel = layer.node().inputs[1];
  const auto value = [&](std::size_t input) { return parameters.value(norm.inputs[input]); };
  const FoldedLayer folded{
      .run =
          [&](const at::Tensor& k) {
            return step.apply(layer, {data, k, at::Tensor()}, forward);
          },
      .round = [&](const at::Tensor& k) { return rounded_kernel(parameters, kernel, k, forward.rounding); },
      .kernel = parameters.value(kernel),
      .bias = layer.has_input(2) ? parameters.value(layer.node().inputs[2]) : at::Tensor(),
      .norm = {value(1), value(2), value(3), value(4), norm.attrs.as<ir::BatchNormAttrs>().epsilon}};
  const bool follows = forward.phase == Phase::Training && forward.rounding.norm == FoldedNorm::Batch;
  return follows ? run_with_batch_statistics(folded, forward.batch_norm_momentum) : run_with_running_statistics(folded);
}

std::vector<Network::FoldedKernel> Network::folded_kernels(const Parameters& parameters) const {
  std::vector<FoldedKernel> kernels;
  for (const Step& step : steps_) {
    const ir::Node& node = graph_.node(step.node);
    if (node.inputs.size() < 2 || !node.inputs[1].valid()) continue;
    const int place = kernels_[static_cast<std::size_t>(node.inputs[1].index)];
    if (place < 0) continue;
    const Slot& slot = layout_.slots[static_cast<std::size_t>(place)];
    FoldedKernel folded{.slot = slot, .kernel = parameters.value(slot.value)};
    if (step.norm.valid()) {
      const ir::Node& norm = graph_.node(step.norm);
      folded.factor = parameters.value(norm.inputs[1]) /
                      (parameters.value(norm.inputs[4]) + norm.attrs.as<ir::BatchNormAttrs>().epsilon).sqrt();
      folded.kernel = by_output(folded.factor, folded.kernel) * folded.kernel;
    }
    kernels.push_back(std::move(folded));
  }
  return kernels;
}

at::Tensor Network::constant(const Parameters& parameters, ir::ValueId id, const Rounding& rounding) const {
  const at::Tensor& value = parameters.value(id);
  const bool is_kernel = kernels_[static_cast<std::size_t>(id.index)] >= 0;
  return is_kernel ? rounded_kernel(parameters, id, value, rounding) : value;
}

at::Tensor Network::rounded_kernel(const Parameters& parameters, ir::ValueId id, const at::Tensor& kernel,
                                   const Rounding& rounding) const {
  if (rounding.scheme == QatScheme::None || rounding.watch) return kernel;
  const Slot& slot = layout_.slots[static_cast<std::size_t>(kernels_[static_cast<std::size_t>(id.index)])];
  if (slot.steps == 0) return round_kernel(kernel, rounding.scheme);
  return round_kernel(kernel, parameters.steps().narrow(0, slot.step, slot.steps), rounding.scheme);
}

at::Tensor Network::rounded(const Parameters& parameters, ir::ValueId id, const at::Tensor& x,
                            const Rounding& rounding) const {
  if (rounding.scheme == QatScheme::None) return x;
  const Rounded& place = layout_.rounded[static_cast<std::size_t>(id.index)];
  if (!place.rounds) return x;
  if (rounding.watch) {
    rounding.watch(id, x);
    return x;
  }
  if (place.unit) return round_unit(x);
  if (rounding.ends.defined()) {
    const at::Tensor seen = x.detach().to(at::kFloat);
    at::Tensor ends = rounding.ends[place.range];
    ends.copy_(at::stack({at::minimum(ends[0], seen.min()), at::maximum(ends[1], seen.max())}));
  }
  return round_activation(x, parameters.ranges()[place.range]);
}

}  // namespace netfit::train
