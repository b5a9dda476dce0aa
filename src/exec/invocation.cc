// SPDX-License-Identifier: Apache-2.0
#include "exec/invocation.h"

#include <fmt/format.h>

#include "exec/ports.h"
#include "exec/session.h"

namespace netfit::exec {
namespace {

class SessionInvocation final : public Invocation {
 public:
  SessionInvocation(Ports ports, std::unique_ptr<Session> session, ExecutorLabel label)
      : ports_(std::move(ports)), session_(std::move(session)), label_(std::move(label)) {}

  Result<void> load(std::span<const Tensor> inputs) override {
    const std::int64_t samples = NETFIT_TRY(check_inputs(ports_.inputs, inputs));
    if (samples != 1) return bad_input(fmt::format("{} samples given, an invocation takes 1", samples));
    std::vector<const std::byte*> sources;
    for (const Tensor& input : inputs) sources.push_back(input.bytes().data());
    return session_->load(sources);
  }

  Result<void> invoke() override { return session_->compute(); }

  Result<std::vector<Tensor>> results() override {
    std::vector<Tensor> results;
    std::vector<std::byte*> sinks;
    for (const Port& port : ports_.outputs) {
      sinks.push_back(results.emplace_back(port.dtype, port.shape).mutable_bytes().data());
    }
    NETFIT_TRY(session_->give(sinks));
    return results;
  }

  std::string name() const override { return label_.name; }
  std::vector<std::string> fallback_nodes() const override { return label_.fallback_nodes; }

 private:
  Ports ports_;
  std::unique_ptr<Session> session_;
  ExecutorLabel label_;
};

}  // namespace

Result<std::unique_ptr<Invocation>> create_invocation(const ir::Graph& graph, std::unique_ptr<Session> session,
                                                      ExecutorLabel label) {
  NETFIT_CHECK(session->batch() == 1);
  Ports ports = NETFIT_TRY(make_ports(graph));
  return std::make_unique<SessionInvocation>(std::move(ports), std::move(session), std::move(label));
}

}  // namespace netfit::exec
