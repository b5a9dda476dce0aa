// SPDX-License-Identifier: Apache-2.0
#include "exec/fast.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "exec/bytes.h"
#include "exec/float_weights.h"
#include "exec/kernels/kernels.h"
#include "exec/onednn/conv.h"
#include "exec/onednn/library.h"
#include "exec/program.h"
#include "exec/xnnpack/operators.h"
#include "ir/absent_weights.h"

namespace netfit::exec {
namespace {

constexpr std::array<StepMaker, 7> kOneDnnMakers{
    &onednn::make_conv,  &kernels::make_binary,    &kernels::make_mean,      &kernels::make_copy,
    &kernels::make_pool, &kernels::make_pointwise, &kernels::make_requantize};
// In i8, XNNPACK's own sums come before ours, so that each of the two is the other's witness.
constexpr std::array<StepMaker, 8> kXnnpackMakers{
    &xnnpack::make_conv, &xnnpack::make_add,  &kernels::make_binary,    &kernels::make_mean,
    &kernels::make_copy, &kernels::make_pool, &kernels::make_pointwise, &kernels::make_requantize};

// The fastest of 1, 2, 4, 8 and 16 on the networks of the zoo (docs/executors.md).
constexpr std::int64_t kInt8Batch = 8;
constexpr std::int64_t kFloatBatch = 4;
// Larger networks get fewer samples at once, so that a layer's data stay near the second-level cache.
constexpr std::int64_t kMostBytesOfAValue = 2'500'000;

bool has_int8(const ir::Graph& graph) {
  const std::vector<ir::ValueId> values = graph.values();
  return std::ranges::any_of(
      values, [&](ir::ValueId id) { return graph.value(id).dtype == DType::Int8 && !graph.value(id).is_constant(); });
}

std::int64_t choose_batch(const ir::Graph& graph) {
  std::int64_t largest = 1;
  for (const ir::ValueId id : graph.values()) {
    if (!graph.value(id).is_constant()) largest = std::max(largest, sample_bytes(graph.value(id)));
  }
  return std::clamp<std::int64_t>(kMostBytesOfAValue / largest, 1, has_int8(graph) ? kInt8Batch : kFloatBatch);
}

/// Keeps the graph alive that its session refers to, and OpenMP on one thread.
class OwnedSession final : public WitnessedSession {
 public:
  OwnedSession(std::shared_ptr<const ir::Graph> graph, std::unique_ptr<WitnessedSession> session)
      : graph_(std::move(graph)), session_(std::move(session)) {}

  std::int64_t batch() const override { return session_->batch(); }
  Result<void> load(std::span<const std::byte* const> inputs) override { return session_->load(inputs); }
  Result<void> compute() override {
    const onednn::OneThread one_thread;
    return session_->compute();
  }
  Result<void> compute_before(const Witness& witness) override {
    const onednn::OneThread one_thread;
    return session_->compute_before(witness);
  }
  Result<void> give(std::span<std::byte* const> outputs) override { return session_->give(outputs); }

 private:
  std::shared_ptr<const ir::Graph> graph_;
  std::unique_ptr<WitnessedSession> session_;
};

struct CompiledSessions {
  std::vector<std::unique_ptr<WitnessedSession>> sessions;
  ExecutorLabel label;
};

Result<CompiledSessions> compile_sessions(const ir::Graph& graph, const FastOptions& options,
                                          const std::shared_ptr<const NodeRunner>& fallback) {
  NETFIT_TRY(ir::require_weights(graph));
  const bool onednn = options.backend == FastBackend::OneDnn;
  if (!onednn) NETFIT_TRY(xnnpack::initialize());
  ProgramOptions program_options{.makers = kXnnpackMakers, .batch = options.batch};
  if (onednn) {
    program_options.makers = kOneDnnMakers;
    program_options.storage = ByteStorage::Unsigned;
  }
  const auto owned = std::make_shared<const ir::Graph>(with_float_weights(graph));
  if (program_options.batch < 1) program_options.batch = choose_batch(*owned);

  CompiledSessions compiled{.label = {.name = onednn ? fmt::format("fast (onednn {})", onednn::version())
                                                     : fmt::format("fast (xnnpack {})", xnnpack::version())}};
  const onednn::OneThread one_thread;
  while (std::ssize(compiled.sessions) < std::max(options.threads, 1)) {
    Program program = NETFIT_TRY(compile_program(*owned, program_options, fallback));
    compiled.label.fallback_nodes = std::move(program.fallback_nodes);
    compiled.sessions.push_back(std::make_unique<OwnedSession>(owned, std::move(program.session)));
  }
  return compiled;
}

}  // namespace

FastBackend choose_backend(const ir::Graph& graph) {
#if defined(__x86_64__)
  if (!has_int8(graph) || onednn::has_exact_int8()) return FastBackend::OneDnn;
#else
  // Debian's oneDNN for other processors lacks fast convolutions.
  static_cast<void>(graph);
#endif
  return FastBackend::Xnnpack;
}

Result<std::unique_ptr<Executor>> create_fast_on(const ir::Graph& graph, const FastOptions& options,
                                                 std::shared_ptr<const NodeRunner> fallback) {
  CompiledSessions compiled = NETFIT_TRY(compile_sessions(graph, options, fallback));
  std::vector<std::unique_ptr<Session>> sessions;
  std::ranges::move(compiled.sessions, std::back_inserter(sessions));
  return create_parallel(graph, std::move(sessions), std::move(compiled.label));
}

Result<std::unique_ptr<Executor>> create_fast(const ir::Graph& graph, const ExecutorOptions& options,
                                              std::shared_ptr<const NodeRunner> fallback) {
  return create_fast_on(graph, FastOptions{.backend = choose_backend(graph), .threads = options.threads},
                        std::move(fallback));
}

Result<std::unique_ptr<ObservableExecutor>> create_fast_observable(const ir::Graph& graph,
                                                                   const ExecutorOptions& options,
                                                                   std::shared_ptr<const NodeRunner> fallback) {
  CompiledSessions compiled =
      NETFIT_TRY(compile_sessions(graph, {.backend = choose_backend(graph), .threads = options.threads}, fallback));
  return create_observable(graph, std::move(compiled.sessions), std::move(compiled.label));
}

Result<std::unique_ptr<Invocation>> create_fast_invocation(const ir::Graph& graph,
                                                           std::shared_ptr<const NodeRunner> fallback) {
  const FastOptions options{.backend = choose_backend(graph), .batch = 1};
  CompiledSessions compiled = NETFIT_TRY(compile_sessions(graph, options, fallback));
  return create_invocation(graph, std::move(compiled.sessions.front()), std::move(compiled.label));
}

}  // namespace netfit::exec
