// SPDX-License-Identifier: Apache-2.0
#include "base/parallel.h"

#include "exec/chunks.h"

namespace netfit::exec {
namespace {

class ParallelExecutor final : public Executor {
 public:
  ParallelExecutor(Ports ports, std::vector<std::unique_ptr<Session>> sessions, ExecutorLabel label)
      : ports_(std::move(ports)), sessions_(std::move(sessions)), label_(std::move(label)) {}

  Result<std::vector<Tensor>> run(std::span<const Tensor> inputs, Progress& progress) override {
    Chunks chunks = NETFIT_TRY(Chunks::create(ports_, inputs, sessions_.front()->batch()));
    const auto work = [&](std::int64_t chunk, int worker) -> Result<void> {
      if (progress.stopped()) return base::interrupted();
      Session& session = *sessions_[static_cast<std::size_t>(worker)];
      NETFIT_TRY(chunks.run(chunk, session, [&] { return session.compute(); }));
      progress.advance(chunks.samples_of(chunk));
      return {};
    };
    NETFIT_TRY(base::parallel_for(chunks.count(), static_cast<int>(sessions_.size()), work));
    return chunks.take_results();
  }

  std::string name() const override { return label_.name; }
  std::vector<std::string> fallback_nodes() const override { return label_.fallback_nodes; }

 private:
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
