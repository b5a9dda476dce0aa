// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/text.h"
#include "exec/session.h"

namespace netfit::exec {
namespace {

// One input or output of the graph, as far as moving samples is concerned.
struct Port {
  std::string name;
  DType dtype;
  Shape shape;
  std::int64_t sample_bytes;
};

Result<Port> make_port(const ir::Value& value) {
  if (value.shape.rank() < 1 || value.shape[0] != 1) {
    return located(Result<Port>(bad_input(fmt::format("has shape {}, but its first axis must be the batch, of extent 1",
                                                      to_string(value.shape)))),
                   base::printable(value.name));
  }
  if (value.dtype == DType::Int4) {
    return located(Result<Port>(bad_input("has type i4, which no executor takes or gives")),
                   base::printable(value.name));
  }
  return Port{value.name, value.dtype, value.shape, tensor::bytes_for(value.dtype, value.shape.element_count())};
}

class ParallelExecutor final : public Executor {
 public:
  ParallelExecutor(std::vector<Port> inputs, std::vector<Port> outputs, std::vector<std::unique_ptr<Session>> sessions,
                   ExecutorLabel label)
      : inputs_(std::move(inputs)),
        outputs_(std::move(outputs)),
        sessions_(std::move(sessions)),
        label_(std::move(label)) {}

  Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Progress& progress) override {
    const std::int64_t samples = NETFIT_TRY(check_inputs(inputs));
    std::vector<Tensor> results;
    for (const Port& port : outputs_) {
      std::vector<std::int64_t> dims(port.shape.dims().begin(), port.shape.dims().end());
      dims[0] = samples;
      Shape shape = NETFIT_TRY(located(Shape::create(dims), base::printable(port.name)));
      results.emplace_back(port.dtype, std::move(shape));
    }
    // Asked for once: taking a mutable pointer is not for several threads.
    std::vector<std::byte*> targets;
    for (Tensor& result : results) targets.push_back(result.mutable_bytes().data());

    const std::int64_t batch = sessions_.front()->batch();
    const std::int64_t chunks = (samples + batch - 1) / batch;
    const auto work = [&](std::int64_t chunk, int worker) -> Result<void> {
      if (progress.stopped()) return base::interrupted();
      const std::int64_t first = chunk * batch;
      const std::int64_t count = std::min(batch, samples - first);
      NETFIT_TRY(run_chunk(inputs, targets, first, count, worker));
      progress.advance(count);
      return {};
    };
    NETFIT_TRY(base::parallel_for(chunks, static_cast<int>(sessions_.size()), work));
    return results;
  }

  std::string name() const override { return label_.name; }
  std::vector<std::string> fallback_nodes() const override { return label_.fallback_nodes; }

 private:
  Result<std::int64_t> check_inputs(std::span<const Tensor> inputs) const {
    if (inputs.size() != inputs_.size()) {
      return bad_input(fmt::format("{} input tensors given, the graph has {} inputs", inputs.size(), inputs_.size()));
    }
    std::int64_t samples = 0;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Port& port = inputs_[i];
      const Tensor& given = inputs[i];
      const bool fits = given.dtype() == port.dtype && given.shape().rank() == port.shape.rank() &&
                        given.shape().with_dim(0, 1) == port.shape;
      if (!fits) {
        return bad_input(fmt::format("input '{}' is given {} of shape {}, the graph takes {} of shape n{}",
                                     base::printable(port.name), tensor::name(given.dtype()), to_string(given.shape()),
                                     tensor::name(port.dtype), to_string(port.shape).substr(1)));
      }
      if (i > 0 && given.shape()[0] != samples) {
        return bad_input(fmt::format("input '{}' has {} samples, the first input has {}", base::printable(port.name),
                                     given.shape()[0], samples));
      }
      samples = given.shape()[0];
    }
    return samples;
  }

  Result<void> run_chunk(std::span<const Tensor> inputs, std::span<std::byte* const> targets, std::int64_t first,
                         std::int64_t count, int worker) {
    Session& session = *sessions_[static_cast<std::size_t>(worker)];
    std::vector<const std::byte*> sources;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      sources.push_back(inputs[i].bytes().data() + first * inputs_[i].sample_bytes);
    }
    std::vector<std::byte*> sinks;
    for (std::size_t i = 0; i < targets.size(); ++i) sinks.push_back(targets[i] + first * outputs_[i].sample_bytes);
    if (count == session.batch()) return session.run(sources, sinks);
    return run_ragged(session, sources, sinks, count);
  }

  // The last chunk: absent samples are zeros, and their results are dropped.
  Result<void> run_ragged(Session& session, std::span<const std::byte* const> sources,
                          std::span<std::byte* const> sinks, std::int64_t count) const {
    std::vector<Tensor> full_inputs;
    std::vector<Tensor> full_outputs;
    std::vector<const std::byte*> full_sources;
    std::vector<std::byte*> full_sinks;
    for (const Port& port : inputs_) {
      full_inputs.emplace_back(port.dtype, port.shape.with_dim(0, session.batch()));
      std::byte* full = full_inputs.back().mutable_bytes().data();
      std::memcpy(full, sources[full_sources.size()], static_cast<std::size_t>(count * port.sample_bytes));
      full_sources.push_back(full);
    }
    for (const Port& port : outputs_) {
      full_outputs.emplace_back(port.dtype, port.shape.with_dim(0, session.batch()));
      full_sinks.push_back(full_outputs.back().mutable_bytes().data());
    }
    NETFIT_TRY(session.run(full_sources, full_sinks));
    for (std::size_t i = 0; i < sinks.size(); ++i) {
      std::memcpy(sinks[i], full_sinks[i], static_cast<std::size_t>(count * outputs_[i].sample_bytes));
    }
    return {};
  }

  std::vector<Port> inputs_;
  std::vector<Port> outputs_;
  std::vector<std::unique_ptr<Session>> sessions_;
  ExecutorLabel label_;
};

}  // namespace

Result<std::unique_ptr<Executor>> create_parallel(const ir::Graph& graph,
                                                  std::vector<std::unique_ptr<Session>> sessions, ExecutorLabel label) {
  NETFIT_CHECK(!sessions.empty());
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  for (const ir::GraphInput& input : graph.inputs) inputs.push_back(NETFIT_TRY(make_port(graph.value(input.value))));
  for (const ir::GraphOutput& output : graph.outputs) {
    outputs.push_back(NETFIT_TRY(make_port(graph.value(output.value))));
  }
  if (inputs.empty()) return bad_input("the graph has no inputs, so there is nothing to run it on");
  return std::make_unique<ParallelExecutor>(std::move(inputs), std::move(outputs), std::move(sessions),
                                            std::move(label));
}

}  // namespace netfit::exec
