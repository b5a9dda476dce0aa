// SPDX-License-Identifier: Apache-2.0
//
// Ranges of activations that are not those of the data.

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "data/preprocess.h"
#include "faults/faults.h"
#include "ir/ops.h"
#include "ir/uses.h"
#include "passes/layer_channels.h"

namespace netfit::gone_wrong {
namespace {

ir::Activation activation_of(const ir::Node& node) {
  if (node.attrs.holds<ir::Conv2dAttrs>()) return node.attrs.as<ir::Conv2dAttrs>().activation;
  if (node.attrs.holds<ir::BinaryAttrs>()) return node.attrs.as<ir::BinaryAttrs>().activation;
  return ir::Activation::None;
}

// Nodes whose result has parameters of its own, shared with nobody, and that something reads.
std::vector<ir::NodeId> free_results(const ir::Graph& graph) {
  const ir::Uses uses(graph);
  std::vector<ir::NodeId> found;
  for (const ir::NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    const std::span<const ir::NodeId> readers = uses.readers(node.outputs.front());
    const auto shares = [&](ir::NodeId reader) { return graph.node(reader).op->quant == ir::QuantRule::SameAsData; };
    if (node.op->quant == ir::QuantRule::Free && !readers.empty() && std::ranges::none_of(readers, shares)) {
      found.push_back(id);
    }
  }
  return found;
}

std::vector<ir::NodeId> unclamped(const ir::Graph& graph, std::vector<ir::NodeId> nodes) {
  std::erase_if(nodes, [&](ir::NodeId id) { return activation_of(graph.node(id)) == ir::Activation::Relu6; });
  return nodes;
}

Truth truth_of(const ir::Graph& graph, ir::NodeId id, std::string done) {
  const ir::Node& node = graph.node(id);
  return {.layer = node.name, .values = {graph.value(node.outputs.front()).name}, .done = std::move(done)};
}

Tensor noise(const Shape& shape, Draw& draw) {
  Tensor tensor(DType::Float32, shape);
  for (float& element : tensor.mutable_data<float>()) element = static_cast<float>(draw.real(0, 1));
  return tensor;
}

// The images of one class that the training samples have most of.
data::Dataset one_class(const data::Dataset& samples, std::int64_t wanted) {
  data::Dataset chosen = samples;
  std::vector<std::byte> bytes;
  chosen.labels.clear();
  const auto row = static_cast<std::size_t>(samples.samples.byte_count() / samples.count());
  for (std::size_t i = 0; i < samples.labels.size(); ++i) {
    if (samples.labels[i] != wanted) continue;
    const auto image = samples.samples.bytes().subspan(i * row, row);
    bytes.insert(bytes.end(), image.begin(), image.end());
    chosen.labels.push_back(wanted);
  }
  const Shape shape = samples.samples.shape().with_dim(0, std::ssize(chosen.labels));
  chosen.samples = *Tensor::from_bytes(samples.samples.dtype(), shape, bytes);
  return chosen;
}

// What a converter makes of activations that takes their integers to be symmetric, as weights are.
void center_zero_points(ir::Graph& graph) {
  for (const ir::NodeId id : graph.order()) {
    if (graph.node(id).op->quant == ir::QuantRule::Unit) continue;
    std::optional<QuantParams>& params = graph.value(graph.node(id).outputs.front()).quant;
    if (params) params->zero_points = {0};
  }
}

}  // namespace

Result<Broken> calibrate_badly(const Workbench& bench, Draw& draw) {
  const ir::Graph& graph = bench.optimized();
  const ir::Value& input = graph.value(graph.inputs.front().value);
  const std::int64_t way = draw.integer(0, 2);
  Tensor samples;
  std::string done;
  if (way == 0) {
    samples = noise(bench.samples().shape().with_dim(0, draw.integer(1, 64)), draw);
    done = "calibrated on random numbers in [0, 1)";
  } else if (way == 1) {
    const bool raw = bench.record() == ir::Preprocessing{};
    samples = NETFIT_TRY(
        data::preprocess(bench.training().samples.slice(0, draw.integer(16, 128)), input, {.scale = 1.0F / 255}));
    done = raw ? "calibrated on pixels in [0, 1]" : "calibrated on images that are not normalized";
  } else {
    const std::int64_t wanted = draw.integer(0, std::ssize(bench.training().class_names) - 1);
    const data::Dataset chosen = one_class(bench.training(), wanted);
    const std::int64_t count = draw.integer(1, std::min<std::int64_t>(8, chosen.count()));
    samples = NETFIT_TRY(data::preprocess(chosen.samples.slice(0, count), input, bench.record()));
    done = fmt::format("calibrated on {} images of class '{}'", count,
                       bench.training().class_names[static_cast<std::size_t>(wanted)]);
  }
  const quant::Ranges ranges = NETFIT_TRY(bench.measure(graph, samples, {.estimator = quant::RangeEstimator::MinMax}));
  return Broken{bench.about(NETFIT_TRY(quant::quantize_int8(graph, ranges, {}))), {.done = done}};
}

Result<Broken> widen_range(const Workbench& bench, Draw& draw) {
  const ir::Graph& graph = bench.optimized();
  const ir::NodeId id = draw.one_of(unclamped(graph, free_results(graph)));
  const auto factor = static_cast<float>(std::exp2(draw.real(3, 8)));
  quant::Ranges ranges = bench.ranges();
  quant::Range& range = ranges.at(graph.node(id).outputs.front());
  const float spike = factor * std::max(range.high, -range.low);
  if (activation_of(graph.node(id)) == ir::Activation::None && draw.chance(0.5)) {
    range.low = -spike;
  } else {
    range.high = spike;
  }
  Truth truth = truth_of(graph, id, fmt::format("a spike {:.0f} times as far as the rest sets one range", factor));
  return Broken{bench.about(NETFIT_TRY(quant::quantize_int8(graph, ranges, {}))), std::move(truth)};
}

Result<Broken> narrow_range(const Workbench& bench, Draw& draw) {
  const ir::Graph& graph = bench.optimized();
  const ir::NodeId id = draw.one_of(free_results(graph));
  const auto share = static_cast<float>(draw.real(0.02, 0.5));
  quant::Ranges ranges = bench.ranges();
  quant::Range& range = ranges.at(graph.node(id).outputs.front());
  range = {range.low * share, range.high * share};
  Truth truth = truth_of(graph, id, fmt::format("one range ends at {:.0f} % of what it must hold", share * 100));
  return Broken{bench.about(NETFIT_TRY(quant::quantize_int8(graph, ranges, {}))), std::move(truth)};
}

Result<Broken> shift_zero_point(const Workbench& bench, Draw& draw) {
  ir::Graph graph = NETFIT_TRY(bench.int8());
  if (draw.chance(0.5)) {
    center_zero_points(graph);
    return Broken{bench.about(std::move(graph)), {.done = "all zero points are 0, as if every range were symmetric"}};
  }
  const ir::NodeId id = draw.one_of(free_results(graph));
  ir::Value& value = graph.value(graph.node(id).outputs.front());
  std::int32_t& zero_point = value.quant->zero_points.front();
  const auto shift = static_cast<std::int32_t>(draw.integer(32, 128));
  const std::int32_t old = zero_point;
  zero_point = old > 0 || (old > -64 && draw.chance(0.5)) ? std::max(old - shift, -128) : std::min(old + shift, 127);
  Truth truth = truth_of(graph, id, fmt::format("one zero point is {} and should be {}", zero_point, old));
  return Broken{bench.about(std::move(graph)), std::move(truth)};
}

}  // namespace netfit::gone_wrong
