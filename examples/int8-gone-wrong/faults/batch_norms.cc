// SPDX-License-Identifier: Apache-2.0
//
// Batch norms with statistics of other data, and batch norms that were folded wrongly. A network whose exporter folded
// them gets them back first: y = conv(x) becomes batch_norm(conv'(x)) with weights of unit size and the statistics that
// the training images give, which computes the same.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "channel_groups.h"
#include "channel_statistics.h"
#include "faults/faults.h"
#include "ir/ops.h"
#include "ir/uses.h"
#include "passes/layer_channels.h"
#include "passes/pipelines.h"
#include "passes/wiring.h"

namespace netfit::gone_wrong {
namespace {

using ir::NodeId;
using ir::NodeView;
using ir::ValueId;

constexpr float kEpsilon = 1e-5F;

std::vector<NodeId> nodes_of(const ir::Graph& graph, const ir::OpSpec& op) {
  std::vector<NodeId> found;
  for (const NodeId id : graph.order()) {
    if (graph.node(id).op == &op) found.push_back(id);
  }
  return found;
}

std::vector<NodeId> convolutions(const ir::Graph& graph) {
  std::vector<NodeId> found;
  for (const NodeId id : graph.order()) {
    if (graph.node(id).attrs.holds<ir::Conv2dAttrs>()) found.push_back(id);
  }
  return found;
}

// What an activation that a convolution has fused is called as a node.
const ir::OpSpec* op_of(ir::Activation activation) {
  if (activation == ir::Activation::Relu) return &ir::kRelu;
  return activation == ir::Activation::Relu6 ? &ir::kRelu6 : nullptr;
}

// The largest weight of each output channel.
std::vector<double> sizes(const NodeView& layer) {
  std::vector<double> largest(static_cast<std::size_t>(layer.output().shape.dim(-1)), 1e-6);
  const std::span<const float> weights = layer.input(1).constant->data<float>();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    double& size = largest[passes::channels_of(layer, i).output];
    size = std::max(size, static_cast<double>(std::fabs(weights[i])));
  }
  return largest;
}

Tensor vector_of(const std::vector<double>& numbers) {
  return Tensor::from(Shape{std::ssize(numbers)}, std::vector<float>(numbers.begin(), numbers.end()));
}

ValueId add_vector(passes::Wiring& wiring, const std::string& name, const std::vector<double>& numbers) {
  return wiring.add_constant(name, vector_of(numbers));
}

std::vector<double> elements(const ir::Graph& graph, ValueId value) {
  return tensor::to_doubles(*graph.value(value).constant);
}

void set_elements(ir::Graph& graph, ValueId value, const std::vector<double>& numbers) {
  graph.value(value).constant = vector_of(numbers);
}

// Puts `node`, whose inputs lack the data, between a node and all that reads its result.
void insert_behind(passes::Wiring& wiring, NodeId id, ir::Node node) {
  ir::Graph& graph = wiring.graph();
  const ValueId result = graph.node(id).outputs.front();
  const auto place = std::ranges::find(graph.order(), id) + 1;
  const NodeId next = place == graph.order().end() ? NodeId{} : *place;
  const ir::Value data{.name = node.name + "_data", .shape = graph.value(result).shape};
  node.inputs.insert(node.inputs.begin(), wiring.detach_result(id, data));
  node.outputs = {result};
  if (node.attrs.empty()) node.attrs = ir::Attrs::of(ir::NoAttrs{});
  wiring.insert(next, std::move(node));
}

// Makes the activation that a convolution has fused a node of its own.
void split_activation(passes::Wiring& wiring, NodeId id) {
  ir::Graph& graph = wiring.graph();
  auto attrs = graph.node(id).attrs.as<ir::Conv2dAttrs>();
  const ir::OpSpec* activation = op_of(attrs.activation);
  if (activation == nullptr) return;
  attrs.activation = ir::Activation::None;
  graph.node(id).attrs = ir::Attrs::of(attrs);
  insert_behind(wiring, id, {.name = graph.node(id).name + "_activation", .op = activation});
}

// y = conv(x) becomes batch_norm(z) with z = (y - bias) / size.
void unfold(passes::Wiring& wiring, NodeId id, const std::vector<quant::ChannelStatistics>& results) {
  ir::Graph& graph = wiring.graph();
  const std::string name = graph.node(id).name;
  const std::vector<double> size = sizes(NodeView(graph, graph.node(id)));
  const std::vector<double> bias = elements(graph, graph.node(id).inputs[2]);
  std::vector<double> scale, shift, mean, variance, inverse;
  for (std::size_t c = 0; c < size.size(); ++c) {
    variance.push_back(results[c].variance() / (size[c] * size[c]));
    mean.push_back((results[c].mean - bias[c]) / size[c]);
    scale.push_back(size[c] * std::sqrt(variance[c] + static_cast<double>(kEpsilon)));
    shift.push_back(results[c].mean);
    inverse.push_back(1.0 / size[c]);
  }
  scale_outputs(graph, id, inverse);
  wiring.set_inputs(id, {graph.node(id).inputs[0], graph.node(id).inputs[1]});
  insert_behind(
      wiring, id,
      {.name = name + "_batch_norm",
       .op = &ir::kBatchNorm,
       .attrs = ir::Attrs::of(ir::BatchNormAttrs{kEpsilon}),
       .inputs = {add_vector(wiring, name + "_scale", scale), add_vector(wiring, name + "_shift", shift),
                  add_vector(wiring, name + "_mean", mean), add_vector(wiring, name + "_variance", variance)}});
}

// The network with a batch norm behind each convolution.
Result<ir::Graph> with_batch_norms(const Workbench& bench) {
  if (!nodes_of(bench.graph(), ir::kBatchNorm).empty()) return bench.graph();
  ir::Graph graph = bench.optimized();
  passes::Wiring wiring(graph);
  for (const NodeId id : convolutions(graph)) split_activation(wiring, id);
  const quant::StatisticsByValue statistics = NETFIT_TRY(channel_statistics(bench, graph));
  for (const NodeId id : convolutions(graph)) unfold(wiring, id, statistics.at(graph.node(id).outputs.front()));
  return graph;
}

// The convolution that a batch norm can be folded into, as which a quantized file knows both.
const std::string& layer_of(const ir::Graph& graph, NodeId batch_norm) {
  return graph.node(ir::Uses(graph).producer(graph.node(batch_norm).inputs[0])).name;
}

void remove(ir::Graph& graph, NodeId id) {
  passes::Wiring wiring(graph);
  wiring.replace(graph.node(id).outputs.front(), graph.node(id).inputs.front());
  wiring.erase(id);
}

void repeat(ir::Graph& graph, NodeId id) {
  passes::Wiring wiring(graph);
  ir::Node again = graph.node(id);
  again.name += "_again";
  again.inputs.erase(again.inputs.begin());
  again.outputs.clear();
  insert_behind(wiring, id, std::move(again));
}

// Statistics after too few steps: still in part the zeros and ones that training started from.
void forget(ir::Graph& graph, NodeId id, double share) {
  std::vector<double> mean = elements(graph, graph.node(id).inputs[3]);
  std::vector<double> variance = elements(graph, graph.node(id).inputs[4]);
  for (double& element : mean) element *= 1 - share;
  for (double& element : variance) element = element * (1 - share) + share;
  set_elements(graph, graph.node(id).inputs[3], mean);
  set_elements(graph, graph.node(id).inputs[4], variance);
}

// Statistics of other data.
void displace(ir::Graph& graph, NodeId id, double extent, Draw& draw) {
  std::vector<double> mean = elements(graph, graph.node(id).inputs[3]);
  std::vector<double> variance = elements(graph, graph.node(id).inputs[4]);
  for (std::size_t c = 0; c < mean.size(); ++c) {
    mean[c] += extent * draw.real(-1, 1) * std::sqrt(variance[c]);
    variance[c] *= std::exp2(extent * draw.real(-1, 1));
  }
  set_elements(graph, graph.node(id).inputs[3], mean);
  set_elements(graph, graph.node(id).inputs[4], variance);
}

Result<Broken> quantized(const Workbench& bench, ir::Graph network, const ir::Graph& reference, Truth truth) {
  NETFIT_TRY(passes::optimize(network));
  Broken broken{bench.about(NETFIT_TRY(bench.quantize(network))), std::move(truth)};
  broken.subject.reference->graph = reference;
  return broken;
}

}  // namespace

Result<Broken> make_batch_norms_stale(const Workbench& bench, Draw& draw) {
  ir::Graph graph = NETFIT_TRY(with_batch_norms(bench));
  const std::vector<NodeId> batch_norms = nodes_of(graph, ir::kBatchNorm);
  Truth truth;
  if (draw.chance(0.5)) {
    const double share = draw.real(0.02, 0.6);
    for (const NodeId id : batch_norms) forget(graph, id, share);
    truth.done =
        fmt::format("{:.0f} % of all running statistics are still the zeros and ones of the start", share * 100);
  } else {
    const NodeId id = draw.one_of(batch_norms);
    const double extent = draw.real(0.5, 3);
    displace(graph, id, extent, draw);
    truth.layer = layer_of(graph, id);
    truth.done = fmt::format("one batch norm's statistics are off by up to {:.1f} standard deviations", extent);
  }
  // Training ended like this, so the float network that the file was made from has the fault too.
  return quantized(bench, graph, graph, std::move(truth));
}

Result<Broken> fold_wrongly(const Workbench& bench, Draw& draw) {
  const ir::Graph sound = NETFIT_TRY(with_batch_norms(bench));
  ir::Graph graph = sound;
  std::vector<NodeId> batch_norms = nodes_of(graph, ir::kBatchNorm);
  const std::int64_t way = draw.integer(0, 2);
  if (way == 2) {
    const auto epsilon = static_cast<float>(std::pow(10.0, draw.real(-3, 0)));
    for (const NodeId id : batch_norms) graph.node(id).attrs = ir::Attrs::of(ir::BatchNormAttrs{epsilon});
    return quantized(bench, graph, sound, {.done = fmt::format("batch norms are folded with epsilon {:.1g}", epsilon)});
  }
  const bool one = draw.chance(0.6);
  Truth truth{.done = fmt::format("{} folded {}", one ? "one batch norm is" : "all batch norms are",
                                  way == 0 ? "not at all" : "twice")};
  if (one) {
    batch_norms = {draw.one_of(batch_norms)};
    truth.layer = layer_of(graph, batch_norms.front());
  }
  for (const NodeId id : batch_norms) way == 0 ? remove(graph, id) : repeat(graph, id);
  return quantized(bench, graph, sound, std::move(truth));
}

}  // namespace netfit::gone_wrong
