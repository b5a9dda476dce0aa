// SPDX-License-Identifier: Apache-2.0
#include "exec/engine.h"

#include <algorithm>
#include <cstring>
#include <unordered_set>
#include <vector>

#include "exec/fast.h"

namespace netfit::exec {
namespace {

/// `graph` with every computed value as an output, behind those that it has.
ir::Graph expose_all(const ir::Graph& graph, std::vector<ir::ValueId>& exposed) {
  ir::Graph result = graph;
  std::unordered_set<ir::ValueId> known;
  for (const ir::GraphOutput& output : graph.outputs) {
    if (known.insert(output.value).second) exposed.push_back(output.value);
  }
  for (const ir::NodeId id : graph.order()) {
    for (const ir::ValueId value : graph.node(id).outputs) {
      if (!known.insert(value).second) continue;
      result.outputs.push_back({.value = value});
      exposed.push_back(value);
    }
  }
  return result;
}

class ExposedExecutor final : public ObservableExecutor {
 public:
  ExposedExecutor(const ir::Graph& graph, std::unique_ptr<Executor> exposed, std::vector<ir::ValueId> values)
      : exposed_(std::move(exposed)), values_(std::move(values)), outputs_(graph.outputs.size()) {
    for (const ir::GraphInput& input : graph.inputs) inputs_.push_back(input.value);
  }

  Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Progress& progress) override {
    return run_observed(
        inputs, [](ir::ValueId, std::int64_t, const Tensor&) {}, progress);
  }

  Result<std::vector<Tensor>> run_observed(std::span<const Tensor> inputs, const Observer& observer,
                                           Progress& progress) override {
    const std::int64_t count = inputs.empty() || inputs[0].shape().rank() == 0 ? 0 : inputs[0].shape()[0];
    if (count <= 0) return exposed_->run(inputs, progress);
    std::vector<std::vector<Tensor>> chunks(outputs_);
    for (std::int64_t first = 0; first < count; first += kObservedSamples) {
      std::vector<Tensor> chunk;
      for (const Tensor& input : inputs) chunk.push_back(input.slice(first, std::min(count, first + kObservedSamples)));
      std::vector<Tensor> values = NETFIT_TRY(exposed_->run(chunk, progress));
      for (std::size_t i = 0; i < inputs_.size(); ++i) observer(inputs_[i], first, chunk[i]);
      for (std::size_t i = 0; i < values_.size(); ++i) observer(values_[i], first, values[i]);
      for (std::size_t i = 0; i < outputs_; ++i) chunks[i].push_back(std::move(values[i]));
    }
    std::vector<Tensor> results;
    for (const std::vector<Tensor>& parts : chunks) results.push_back(joined(parts, count));
    return results;
  }

  std::string name() const override { return exposed_->name(); }
  std::vector<std::string> fallback_nodes() const override { return exposed_->fallback_nodes(); }

 private:
  static Tensor joined(const std::vector<Tensor>& parts, std::int64_t count) {
    const std::int64_t first_rows = parts.front().shape()[0];
    const std::int64_t first_count = std::min(count, kObservedSamples);
    Tensor result(parts.front().dtype(), parts.front().shape().with_dim(0, first_rows / first_count * count));
    std::byte* target = result.mutable_bytes().data();
    for (const Tensor& part : parts) {
      std::memcpy(target, part.bytes().data(), part.bytes().size());
      target += part.bytes().size();
    }
    return result;
  }

  std::unique_ptr<Executor> exposed_;
  std::vector<ir::ValueId> values_;
  std::vector<ir::ValueId> inputs_;
  std::size_t outputs_;
};

}  // namespace

Result<std::unique_ptr<Executor>> create_fast(const ir::Graph& graph, const Engine& engine) {
  return create_fast(graph, engine.options, engine.fallback);
}

Result<std::unique_ptr<ObservableExecutor>> create_fast_observable(const ir::Graph& graph, const Engine& engine) {
  std::vector<ir::ValueId> values;
  const ir::Graph exposed = expose_all(graph, values);
  std::unique_ptr<Executor> executor = NETFIT_TRY(create_fast(exposed, engine));
  return std::make_unique<ExposedExecutor>(graph, std::move(executor), std::move(values));
}

}  // namespace netfit::exec
