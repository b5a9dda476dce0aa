// SPDX-License-Identifier: Apache-2.0
#include "diagnose/compare.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "diagnose/apart.h"
#include "diagnose/constant_reals.h"
#include "diagnose/match.h"
#include "ir/uses.h"
#include "passes/layer_channels.h"
#include "passes/widen_constants.h"
#include "tensor/dequantize.h"

namespace netfit::diagnose {
namespace {

// What the tensors of one chunk may take.
constexpr std::int64_t kChunkBytes = std::int64_t{512} << 20;

double sqnr(double signal, double noise) {
  return noise == 0.0 ? std::numeric_limits<double>::infinity() : 10.0 * std::log10(signal / noise);
}

bool holds_reals(const ir::Value& value) {
  return tensor::is_float(value.dtype) || (value.quant && !value.quant->is_per_channel());
}

Tensor reals_of(const Tensor& tensor, const ir::Value& value) {
  return value.dtype == DType::Float32 ? tensor : tensor::dequantize(tensor, value.quant);
}

std::vector<Tensor> slice(const std::vector<Tensor>& tensors, std::int64_t first, std::int64_t end) {
  std::vector<Tensor> parts;
  for (const Tensor& tensor : tensors) parts.push_back(tensor.slice(first, end));
  return parts;
}

// Stored constants are widened: what is compared are reals, and executors show only values that depend on samples.
Result<ir::Graph> with_wide_constants(ir::Graph graph) {
  NETFIT_TRY(passes::widen_constants(graph));
  return graph;
}

class Comparer {
 public:
  Comparer(ir::Graph a, ir::Graph b, const exec::Engine& engine, Progress& progress)
      : a_(std::move(a)), b_(std::move(b)), engine_(engine), progress_(progress), match_(match_graphs(a_, b_)) {
    std::erase_if(match_.values, [&](const ValuePair& pair) {
      return !holds_reals(a_.value(pair.a)) || !holds_reals(b_.value(pair.b));
    });
    for (const ValuePair& pair : match_.values) {
      twins_.emplace(pair.b, pair.a);
      accumulated_.emplace(pair.b, MetricsAccumulator(grid_of(b_.value(pair.b))));
    }
  }

  Result<GraphComparison> run(const std::vector<Tensor>& inputs_a, const std::vector<Tensor>& inputs_b) {
    NETFIT_TRY(prepare());
    const std::int64_t samples = inputs_a.front().shape()[0];
    for (std::int64_t first = 0; first < samples; first += chunk_) {
      const Reals reals = NETFIT_TRY(observe_a(slice(inputs_a, first, std::min(samples, first + chunk_))));
      for (auto& [b, metrics] : accumulated_) metrics.learn_range(reals.at(twins_.at(b)).data<float>());
    }
    single_ = accumulated_;
    for (std::int64_t first = 0; first < samples; first += chunk_) {
      const std::int64_t end = std::min(samples, first + chunk_);
      const Reals reals = NETFIT_TRY(observe_a(slice(inputs_a, first, end)));
      NETFIT_TRY(add_accumulated(reals, slice(inputs_b, first, end)));
      NETFIT_TRY(add_single(reals));
    }
    return result();
  }

 private:
  using Reals = std::unordered_map<ir::ValueId, Tensor>;
  using Metrics = std::unordered_map<ir::ValueId, MetricsAccumulator>;

  Result<void> prepare() {
    run_a_ = NETFIT_TRY(located(exec::create_fast_observable(a_, engine_), "a"));
    run_b_ = NETFIT_TRY(located(exec::create_fast_observable(b_, engine_), "b"));
    std::unordered_set<ir::ValueId> known;
    std::int64_t bytes = 1;
    for (const auto& [b, a] : twins_) {
      known.insert(b);
      // The reals of a, what is made of them for the nodes of b, and both results of b.
      bytes += 4 * tensor::bytes_for(DType::Float32, b_.value(b).shape.element_count());
    }
    chunk_ = std::clamp<std::int64_t>(kChunkBytes / bytes, 1, exec::kObservedSamples);
    apart_ = NETFIT_TRY(take_apart(b_, known));
    if (!apart_.inputs.empty()) run_apart_ = NETFIT_TRY(exec::create_fast(apart_.graph, engine_));
    return {};
  }

  Result<Reals> observe_a(const std::vector<Tensor>& inputs) {
    std::unordered_set<ir::ValueId> wanted;
    for (const auto& [b, a] : twins_) wanted.insert(a);
    Reals reals;
    const std::int64_t samples = inputs.front().shape()[0];
    const auto keep = [&](ir::ValueId id, std::int64_t first, const Tensor& tensor) {
      if (!wanted.contains(id)) return;
      const Shape& shape = a_.value(id).shape;
      Tensor& all = reals.try_emplace(id, DType::Float32, shape.with_dim(0, samples)).first->second;
      const Tensor some = reals_of(tensor, a_.value(id));
      const auto place = static_cast<std::size_t>(first * shape.element_count());
      std::ranges::copy(some.data<float>(), all.mutable_data<float>().subspan(place).begin());
    };
    NETFIT_TRY(run_a_->run_observed(inputs, keep, progress_));
    return reals;
  }

  Result<void> add_accumulated(const Reals& reals, const std::vector<Tensor>& inputs) {
    const auto add = [&](ir::ValueId id, std::int64_t first, const Tensor& tensor) {
      if (twins_.contains(id)) add_to(accumulated_, id, reals, {first, tensor});
    };
    NETFIT_TRY(run_b_->run_observed(inputs, add, progress_));
    return {};
  }

  Result<void> add_single(const Reals& reals) {
    if (!run_apart_) return {};
    std::vector<Tensor> inputs;
    for (const ir::ValueId value : apart_.inputs) {
      const Tensor& given = reals.at(twins_.at(value));
      inputs.push_back(given.reshaped(b_.value(value).shape.with_dim(0, given.shape()[0])));
    }
    const std::vector<Tensor> outputs = NETFIT_TRY(run_apart_->run(inputs, progress_));
    for (std::size_t i = 0; i < outputs.size(); ++i) add_to(single_, apart_.outputs[i], reals, {0, outputs[i]});
    return {};
  }

  struct Part {
    std::int64_t first_sample;
    const Tensor& tensor;
  };
  void add_to(Metrics& metrics, ir::ValueId id, const Reals& reals, const Part& part) {
    const auto place = static_cast<std::size_t>(part.first_sample * b_.value(id).shape.element_count());
    const Tensor some = reals_of(part.tensor, b_.value(id));
    const auto count = static_cast<std::size_t>(some.element_count());
    metrics.at(id).add(reals.at(twins_.at(id)).data<float>().subspan(place, count), some.data<float>());
  }

  GraphComparison result() const {
    const ir::Uses uses_a(a_);
    const ir::Uses uses_b(b_);
    const std::unordered_set<ir::ValueId> singles(apart_.outputs.begin(), apart_.outputs.end());
    GraphComparison comparison;
    for (const ValuePair& pair : match_.values) {
      TensorComparison tensor{.a = a_.value(pair.a).name, .b = b_.value(pair.b).name, .op = "input"};
      tensor.accumulated = accumulated_.at(pair.b).result();
      if (singles.contains(pair.b)) tensor.single = single_.at(pair.b).result();
      const ir::NodeId producer_a = uses_a.producer(pair.a);
      const ir::NodeId producer_b = uses_b.producer(pair.b);
      if (producer_b.valid()) tensor.op = b_.node(producer_b).op->name;
      if (producer_a.valid() && producer_b.valid()) tensor.weights = weights_of(producer_a, uses_a, producer_b, uses_b);
      comparison.tensors.push_back(std::move(tensor));
    }
    for (const ir::NodeId id : match_.unmatched_b) {
      comparison.unmatched.push_back(ir::describe(ir::NodeView(b_, b_.node(id))));
    }
    return comparison;
  }

  // Results that are the same thing come from weights that are.
  std::optional<WeightComparison> weights_of(ir::NodeId node_a, const ir::Uses& uses_a, ir::NodeId node_b,
                                             const ir::Uses& uses_b) const {
    const ir::NodeView a(a_, a_.node(node_a));
    const ir::NodeView b(b_, b_.node(node_b));
    if (!passes::is_layer(a.op()) || !passes::is_layer(b.op())) return std::nullopt;
    const std::optional<Tensor> weights_a = constant_reals(a, 1, uses_a);
    const std::optional<Tensor> weights_b = constant_reals(b, 1, uses_b);
    if (!weights_a || !weights_b || weights_a->element_count() != weights_b->element_count()) return std::nullopt;
    return compare_weights(b, *weights_a, *weights_b);
  }

  ir::Graph a_;
  ir::Graph b_;
  const exec::Engine& engine_;
  Progress& progress_;
  Match match_;
  std::unordered_map<ir::ValueId, ir::ValueId> twins_;  ///< of values of b
  Metrics accumulated_;
  Metrics single_;
  Apart apart_;
  std::unique_ptr<exec::ObservableExecutor> run_a_;
  std::unique_ptr<exec::ObservableExecutor> run_b_;
  std::unique_ptr<exec::Executor> run_apart_;
  std::int64_t chunk_ = 1;
};

}  // namespace

WeightComparison compare_weights(const ir::NodeView& layer, const Tensor& a, const Tensor& b) {
  std::vector<double> signal;
  std::vector<double> noise;
  const std::span<const float> reals_a = a.data<float>();
  const std::span<const float> reals_b = b.data<float>();
  for (std::size_t i = 0; i < reals_a.size(); ++i) {
    const std::size_t channel = passes::channels_of(layer, i).output;
    if (channel >= signal.size()) {
      signal.resize(channel + 1, 0.0);
      noise.resize(channel + 1, 0.0);
    }
    const double difference = static_cast<double>(reals_a[i]) - static_cast<double>(reals_b[i]);
    signal[channel] += static_cast<double>(reals_a[i]) * static_cast<double>(reals_a[i]);
    noise[channel] += difference * difference;
  }
  WeightComparison comparison;
  double all_signal = 0.0;
  double all_noise = 0.0;
  for (std::size_t channel = 0; channel < signal.size(); ++channel) {
    comparison.channels.push_back(sqnr(signal[channel], noise[channel]));
    all_signal += signal[channel];
    all_noise += noise[channel];
  }
  comparison.sqnr_db = sqnr(all_signal, all_noise);
  comparison.worst_channel = std::ranges::min_element(comparison.channels) - comparison.channels.begin();
  return comparison;
}

Result<GraphComparison> compare_graphs(const Side& a, const Side& b, const exec::Engine& engine, Progress& progress) {
  ir::Graph graph_a = NETFIT_TRY(with_wide_constants(a.graph));
  ir::Graph graph_b = NETFIT_TRY(with_wide_constants(b.graph));
  return Comparer(std::move(graph_a), std::move(graph_b), engine, progress).run(a.inputs, b.inputs);
}

}  // namespace netfit::diagnose
