// SPDX-License-Identifier: Apache-2.0
#include "interp/interpreter.h"

#include <cstring>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/parallel.h"
#include "interp/kernels/kernel.h"
#include "ir/absent_weights.h"

namespace netfit::interp {
namespace {

/// One node of the plan.
struct PlannedNode {
  Step run;
  std::vector<ir::ValueId> inputs;
  ir::ValueId output;
  /// Values that nothing reads after this node.
  std::vector<ir::ValueId> dying;
};

/// The values of one sample while it runs, by id.
using Values = std::vector<std::optional<Tensor>>;

Result<std::vector<PlannedNode>> plan_nodes(const ir::Graph& graph) {
  Diagnostics diagnostics;
  std::vector<PlannedNode> plan;
  for (const ir::NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    const ir::NodeView view(graph, node);
    Result<Step> step = prepare(view);
    if (!step) {
      for (const base::Fault& fault : step.error().faults()) diagnostics.error(describe(view), fault.what);
      continue;
    }
    plan.push_back({std::move(*step), node.inputs, node.outputs.front(), {}});
  }
  NETFIT_TRY(diagnostics.result());
  return plan;
}

void find_dying_values(const ir::Graph& graph, std::vector<PlannedNode>& plan) {
  std::unordered_map<ir::ValueId, std::size_t> last_use;
  for (std::size_t i = 0; i < plan.size(); ++i) {
    last_use[plan[i].output] = i;
    for (const ir::ValueId input : plan[i].inputs) {
      if (input.valid() && !graph.value(input).is_constant()) last_use[input] = i;
    }
  }
  for (const ir::GraphOutput& output : graph.outputs) last_use.erase(output.value);
  for (const auto& [value, node] : last_use) plan[node].dying.push_back(value);
}

/// The shape of `samples` of a graph value; a scalar counts as a row of one.
Shape batched(const Shape& shape, std::int64_t samples) {
  return shape.rank() == 0 ? Shape{samples} : shape.with_dim(0, shape[0] * samples);
}

class Interpreter final : public exec::ObservableExecutor {
 public:
  Interpreter(ir::Graph graph, std::vector<PlannedNode> plan, int threads)
      : graph_(std::move(graph)), plan_(std::move(plan)), threads_(threads) {
    for (const ir::ValueId id : graph_.values()) {
      value_limit_ = std::max(value_limit_, static_cast<std::size_t>(id.index) + 1);
    }
  }

  Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Progress& progress) override {
    return run_samples(inputs, nullptr, progress);
  }

  Result<std::vector<Tensor>> run_observed(std::span<const Tensor> inputs, const exec::Observer& observer,
                                           Progress& progress) override {
    return run_samples(inputs, &observer, progress);
  }

  std::string name() const override { return "reference"; }

 private:
  Result<std::vector<Tensor>> run_samples(std::span<const Tensor> inputs, const exec::Observer* observer,
                                          Progress& progress) const {
    const std::int64_t samples = NETFIT_TRY(count_samples(inputs));
    std::vector<Tensor> results;
    std::vector<std::span<std::byte>> targets;
    for (const ir::GraphOutput& output : graph_.outputs) {
      const ir::Value& value = graph_.value(output.value);
      results.emplace_back(value.dtype, batched(value.shape, samples));
    }
    for (Tensor& result : results) targets.push_back(result.mutable_bytes());

    NETFIT_TRY(base::parallel_for(samples, threads_, [&](std::int64_t sample, int) -> Result<void> {
      if (progress.stopped()) return base::interrupted();
      const Values values = run_sample(inputs, sample, observer);
      for (std::size_t i = 0; i < targets.size(); ++i) {
        const std::span<const std::byte> bytes = tensor_of(graph_.outputs[i].value, values).bytes();
        std::ranges::copy(bytes, targets[i].subspan(static_cast<std::size_t>(sample) * bytes.size()).begin());
      }
      progress.advance(1);
      return {};
    }));
    return results;
  }

  /// Also checks types and shapes.
  Result<std::int64_t> count_samples(std::span<const Tensor> inputs) const {
    if (inputs.size() != graph_.inputs.size()) {
      return bad_input(fmt::format("{} inputs given, the graph takes {}", inputs.size(), graph_.inputs.size()));
    }
    std::optional<std::int64_t> samples;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const ir::Value& value = graph_.value(graph_.inputs[i].value);
      const Tensor& input = inputs[i];
      if (input.dtype() != value.dtype) {
        return bad_input(fmt::format("input '{}' is given as {}, the graph takes {}", value.name,
                                     tensor::name(input.dtype()), tensor::name(value.dtype)));
      }
      const std::int64_t rows = value.shape.rank() == 0 ? 1 : value.shape[0];
      const bool counts = input.shape().rank() > 0 && rows > 0 && input.shape()[0] % rows == 0;
      const std::int64_t n = counts ? input.shape()[0] / rows : 0;
      if (!counts || input.shape() != batched(value.shape, n)) {
        return bad_input(fmt::format("input '{}' is given as {}, the graph takes samples of {}", value.name,
                                     to_string(input.shape()), to_string(value.shape)));
      }
      if (samples && *samples != n) {
        return bad_input(fmt::format("input '{}' has {} samples, those before it have {}", value.name, n, *samples));
      }
      samples = n;
    }
    return samples.value_or(1);
  }

  Values run_sample(std::span<const Tensor> inputs, std::int64_t sample, const exec::Observer* observer) const {
    Values values(value_limit_);
    const auto set = [&](ir::ValueId id, Tensor tensor) {
      if (observer != nullptr) (*observer)(id, sample, tensor);
      values[static_cast<std::size_t>(id.index)] = std::move(tensor);
    };
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const ir::ValueId id = graph_.inputs[i].value;
      const Shape& shape = graph_.value(id).shape;
      const std::int64_t rows = shape.rank() == 0 ? 1 : shape[0];
      set(id, inputs[i].slice(sample * rows, (sample + 1) * rows).reshaped(shape));
    }
    std::vector<Tensor> arguments;
    for (const PlannedNode& node : plan_) {
      arguments.clear();
      for (const ir::ValueId input : node.inputs) {
        arguments.push_back(input.valid() ? tensor_of(input, values) : Tensor());
      }
      set(node.output, node.run(arguments));
      for (const ir::ValueId id : node.dying) values[static_cast<std::size_t>(id.index)].reset();
    }
    return values;
  }

  const Tensor& tensor_of(ir::ValueId id, const Values& values) const {
    const ir::Value& value = graph_.value(id);
    return value.constant ? *value.constant : *values[static_cast<std::size_t>(id.index)];
  }

  ir::Graph graph_;
  std::vector<PlannedNode> plan_;
  int threads_;
  std::size_t value_limit_ = 0;  // greater than every value's index
};

class Runner final : public exec::NodeRunner {
 public:
  Result<Tensor> run_node(const ir::Graph& graph, ir::NodeId id, std::span<const Tensor> inputs) const override {
    const ir::Node& node = graph.node(id);
    const ir::NodeView view(graph, node);
    NETFIT_TRY(located(check_inputs(view, inputs), describe(view)));
    const Step step = NETFIT_TRY(located(prepare(view), describe(view)));
    return step(inputs);
  }

 private:
  static Result<void> check_inputs(const ir::NodeView& node, std::span<const Tensor> inputs) {
    if (inputs.size() != node.input_count()) {
      return bad_input(fmt::format("{} inputs given, the node has {}", inputs.size(), node.input_count()));
    }
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!node.has_input(i)) continue;
      const ir::Value& value = node.input(i);
      if (inputs[i].dtype() == value.dtype && inputs[i].shape() == value.shape) continue;
      return bad_input(fmt::format("input {} is given as {} {}, the node takes {} {}", i, name(inputs[i].dtype()),
                                   to_string(inputs[i].shape()), name(value.dtype), to_string(value.shape)));
    }
    return {};
  }
};

}  // namespace

Result<std::unique_ptr<exec::ObservableExecutor>> create_interpreter(ir::Graph graph,
                                                                     const exec::ExecutorOptions& options) {
  NETFIT_TRY(ir::require_weights(graph));
  std::vector<PlannedNode> plan = NETFIT_TRY(plan_nodes(graph));
  find_dying_values(graph, plan);
  return std::make_unique<Interpreter>(std::move(graph), std::move(plan), options.threads);
}

std::unique_ptr<exec::NodeRunner> make_node_runner() { return std::make_unique<Runner>(); }

}  // namespace netfit::interp
