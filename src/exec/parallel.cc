// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "exec/ports.h"
#include "exec/session.h"

namespace netfit::exec {
namespace {

class ParallelExecutor final : public Executor {
 public:
  ParallelExecutor(Ports ports, std::vector<std::unique_ptr<Session>> sessions, ExecutorLabel label)
      : ports_(std::move(ports)), sessions_(std::move(sessions)), label_(std::move(label)) {}

  Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Progress& progress) override {
    const std::int64_t samples = NETFIT_TRY(check_inputs(ports_.inputs, inputs));
    std::vector<Tensor> results;
    for (const Port& port : ports_.outputs) {
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
  Result<void> run_chunk(std::span<const Tensor> inputs, std::span<std::byte* const> targets, std::int64_t first,
                         std::int64_t count, int worker) {
    Session& session = *sessions_[static_cast<std::size_t>(worker)];
    std::vector<const std::byte*> sources;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      sources.push_back(inputs[i].bytes().data() + first * ports_.inputs[i].sample_bytes);
    }
    std::vector<std::byte*> sinks;
    for (std::size_t i = 0; i < targets.size(); ++i)
      sinks.push_back(targets[i] + first * ports_.outputs[i].sample_bytes);
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
    for (const Port& port : ports_.inputs) {
      full_inputs.emplace_back(port.dtype, port.shape.with_dim(0, session.batch()));
      std::byte* full = full_inputs.back().mutable_bytes().data();
      std::memcpy(full, sources[full_sources.size()], static_cast<std::size_t>(count * port.sample_bytes));
      full_sources.push_back(full);
    }
    for (const Port& port : ports_.outputs) {
      full_outputs.emplace_back(port.dtype, port.shape.with_dim(0, session.batch()));
      full_sinks.push_back(full_outputs.back().mutable_bytes().data());
    }
    NETFIT_TRY(session.run(full_sources, full_sinks));
    for (std::size_t i = 0; i < sinks.size(); ++i) {
      std::memcpy(sinks[i], full_sinks[i], static_cast<std::size_t>(count * ports_.outputs[i].sample_bytes));
    }
    return {};
  }

  Ports ports_;
  std::vector<std::unique_ptr<Session>> sessions_;
  ExecutorLabel label_;
};

}  // namespace

Result<std::unique_ptr<Executor>> create_parallel(const ir::Graph& graph,
                                                  std::vector<std::unique_ptr<Session>> sessions, ExecutorLabel label) {
  NETFIT_CHECK(!sessions.empty());
  Ports ports = NETFIT_TRY(make_ports(graph));
  return std::make_unique<ParallelExecutor>(std::move(ports), std::move(sessions), std::move(label));
}

}  // namespace netfit::exec
