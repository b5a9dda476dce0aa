// SPDX-License-Identifier: Apache-2.0
#include "diagnose/detectors/channel_spread.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "diagnose/detectors/layer_profile.h"
#include "ir/ops/elementwise.h"
#include "ir/uses.h"
#include "passes/layer_channels.h"

namespace netfit::diagnose {
namespace {

constexpr std::int64_t kSamples = 64;
constexpr double kFar = 2.0;  // of log2: 4 times

using Sizes = std::unordered_map<ir::ValueId, std::vector<double>>;

// Values that a node which is no layer reads and gives, as far as they have the same channels.
std::vector<ir::ValueId> joined_by(const ir::Graph& graph, const ir::Node& node) {
  std::vector<ir::ValueId> joined{node.outputs.front()};
  if (passes::is_layer(*node.op)) return joined;
  const Shape& result = graph.value(node.outputs.front()).shape;
  const auto data = std::min(node.inputs.size(), static_cast<std::size_t>(node.op->data_inputs));
  for (std::size_t i = 0; i < data; ++i) {
    const ir::Value& value = graph.value(node.inputs[i]);
    const bool same = value.shape.rank() > 0 && result.rank() > 0 && value.shape.dim(-1) == result.dim(-1);
    if (!value.is_constant() && same) joined.push_back(node.inputs[i]);
  }
  return joined;
}

std::vector<SpreadGroup> group_values(const ir::Graph& graph) {
  std::unordered_map<ir::ValueId, std::size_t> group_of;
  std::vector<std::vector<ir::ValueId>> groups;
  const auto place = [&](ir::ValueId value) {
    const auto [found, is_new] = group_of.emplace(value, groups.size());
    if (is_new) groups.push_back({value});
    return found->second;
  };
  for (const ir::GraphInput& input : graph.inputs) place(input.value);
  for (const ir::NodeId id : graph.order()) {
    const std::vector<ir::ValueId> joined = joined_by(graph, graph.node(id));
    const std::size_t target = place(joined.front());
    for (const ir::ValueId value : joined) {
      const std::size_t source = place(value);
      if (source == target) continue;
      for (const ir::ValueId moved : groups[source]) group_of[moved] = target;
      groups[target].insert(groups[target].end(), groups[source].begin(), groups[source].end());
      groups[source].clear();
    }
  }
  std::vector<SpreadGroup> result;
  for (std::vector<ir::ValueId>& values : groups) {
    if (!values.empty()) result.push_back({.values = std::move(values)});
  }
  return result;
}

bool holds(const SpreadGroup& group, ir::ValueId value) {
  return std::ranges::find(group.values, value) != group.values.end();
}

// Values in graph order, and the layers around them.
void complete(const ir::Graph& graph, SpreadGroup& group) {
  std::vector<ir::ValueId> in_order;
  for (const ir::GraphInput& input : graph.inputs) {
    if (holds(group, input.value)) in_order.push_back(input.value);
  }
  for (const ir::NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    const bool gives = holds(group, node.outputs.front());
    if (gives) in_order.push_back(node.outputs.front());
    if (passes::is_layer(*node.op)) {
      if (gives || holds(group, node.inputs.front())) group.layers.push_back(id);
      if (gives && !group.first_layer.valid()) group.first_layer = id;
    } else if (gives && node.op == &ir::kAdd) {
      group.residual = group.residual || joined_by(graph, node).size() == 3;
    }
  }
  group.values = std::move(in_order);
}

Result<Sizes> channel_sizes(const Examination& exam) {
  const data::Dataset samples = first_samples(exam.given.training ? *exam.given.training : exam.given.test, kSamples);
  const Tensor input = NETFIT_TRY(make_input(exam.form, samples, exam.harness));
  const auto executor = NETFIT_TRY(exec::create_fast_observable(exam.form, exam.tools.engine));
  Sizes sizes;
  const auto gather = [&](ir::ValueId value, std::int64_t, const Tensor& tensor) {
    if (tensor.dtype() != DType::Float32 || tensor.shape().rank() < 2) return;
    const auto channels = static_cast<std::size_t>(tensor.shape().dim(-1));
    std::vector<double>& largest = sizes[value];
    largest.resize(channels, 0.0);
    const std::span<const float> elements = tensor.data<float>();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      largest[i % channels] = std::max(largest[i % channels], std::fabs(static_cast<double>(elements[i])));
    }
  };
  NETFIT_TRY(executor->run_observed(std::array{input}, gather, exam.tools.progress));
  return sizes;
}

void measure(const Sizes& sizes, SpreadGroup& group) {
  std::vector<double> logs;
  std::vector<std::int64_t> places;
  const std::vector<double>& first = sizes.at(group.values.front());
  for (std::size_t c = 0; c < first.size(); ++c) {
    double largest = 0.0;
    for (const ir::ValueId value : group.values) {
      if (sizes.contains(value) && sizes.at(value).size() == first.size())
        largest = std::max(largest, sizes.at(value)[c]);
    }
    if (largest == 0.0) continue;
    logs.push_back(std::log2(largest));
    places.push_back(static_cast<std::int64_t>(c));
  }
  const double middle = median(logs);
  double squares = 0.0;
  for (std::size_t i = 0; i < logs.size(); ++i) {
    squares += (logs[i] - middle) * (logs[i] - middle);
    if (std::fabs(logs[i] - middle) > kFar) group.channels.push_back(places[i]);
  }
  group.spread = logs.empty() ? 0.0 : std::sqrt(squares / static_cast<double>(logs.size()));
}

}  // namespace

Result<std::vector<SpreadGroup>> find_spread_groups(const Examination& exam) {
  const Sizes sizes = NETFIT_TRY(channel_sizes(exam));
  std::vector<SpreadGroup> groups = group_values(exam.form);
  for (SpreadGroup& group : groups) {
    complete(exam.form, group);
    if (sizes.contains(group.values.front())) measure(sizes, group);
  }
  std::ranges::stable_sort(groups, std::greater(), &SpreadGroup::spread);
  return groups;
}

}  // namespace netfit::diagnose
