// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "exec/onnxruntime/session.h"

namespace netfit::exec {
namespace {

constexpr std::int64_t kBatch = 8;

}  // namespace

Result<std::unique_ptr<Executor>> create_onnxruntime(const RuntimeLibrary& library, base::Bytes file,
                                                     const ir::Graph& graph, const ExecutorOptions& options) {
  const auto model = NETFIT_TRY(ort::load(library, file, graph, 1));
  std::int64_t batch = ort::has_open_batch(*model) ? kBatch : 1;
  Result<std::unique_ptr<Session>> first = ort::create_session(model, batch);
  if (!first && batch > 1) {
    // The batch is open at the inputs, but something inside has a fixed extent.
    batch = 1;
    first = ort::create_session(model, batch);
  }
  std::vector<std::unique_ptr<Session>> sessions;
  sessions.push_back(NETFIT_TRY(std::move(first)));
  while (std::ssize(sessions) < std::max(options.threads, 1)) {
    sessions.push_back(NETFIT_TRY(ort::create_session(model, batch)));
  }
  return create_parallel(graph, std::move(sessions), {.name = fmt::format("onnxruntime {}", library.version)});
}

Result<std::unique_ptr<Invocation>> create_onnxruntime_invocation(const RuntimeLibrary& library, base::Bytes file,
                                                                  const ir::Graph& graph, int threads) {
  const auto model = NETFIT_TRY(ort::load(library, file, graph, threads));
  auto session = NETFIT_TRY(ort::create_session(model, 1));
  return create_invocation(graph, std::move(session), {.name = fmt::format("onnxruntime {}", library.version)});
}

}  // namespace netfit::exec
