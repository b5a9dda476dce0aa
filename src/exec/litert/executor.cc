// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "exec/litert/session.h"

namespace netfit::exec {
namespace {

// Samples at once: LiteRT gains 1 % to 8 % over one at a time and nothing beyond (docs/executors.md).
constexpr std::int64_t kBatch = 8;

}  // namespace

Result<std::unique_ptr<Executor>> create_litert(const RuntimeLibrary& library, base::Bytes file, const ir::Graph& graph,
                                                LitertKernels kernels, const ExecutorOptions& options) {
  const auto shared = NETFIT_TRY(litert::load(library, std::move(file), graph));
  const bool reference = kernels == LitertKernels::Reference;
  // The reference kernels gain nothing from a batch.
  litert::SessionOptions session_options{.kernels = kernels, .batch = reference ? 1 : kBatch};
  Result<std::unique_ptr<Session>> first = litert::create_session(shared, session_options);
  if (!first && session_options.batch > 1) {
    // A model that reshapes to a fixed extent runs one sample at a time.
    session_options.batch = 1;
    first = litert::create_session(shared, session_options);
  }
  std::vector<std::unique_ptr<Session>> sessions;
  sessions.push_back(NETFIT_TRY(std::move(first)));
  while (std::ssize(sessions) < std::max(options.threads, 1)) {
    sessions.push_back(NETFIT_TRY(litert::create_session(shared, session_options)));
  }
  return create_parallel(
      graph, std::move(sessions),
      {.name = fmt::format("litert {}{}", library.version, reference ? " (reference kernels)" : "")});
}

Result<std::unique_ptr<Invocation>> create_litert_invocation(const RuntimeLibrary& library, base::Bytes file,
                                                             const ir::Graph& graph, int threads) {
  const auto shared = NETFIT_TRY(litert::load(library, std::move(file), graph));
  auto session = NETFIT_TRY(litert::create_session(shared, {.batch = 1, .threads = threads}));
  return create_invocation(graph, std::move(session), {.name = fmt::format("litert {}", library.version)});
}

}  // namespace netfit::exec
