// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "exec/onnxruntime/session.h"

namespace netfit::exec {
namespace {

constexpr std::int64_t kBatch = 8;

struct Loaded {
  std::shared_ptr<const ort::LoadedModel> model;
  std::string name;
};

// The rewriting that makes sums exact fails on files in which two nodes share a constant (1.32: "Attempt to replace the
// existing tensor"); those run as the runtime is shipped, and the name says so.
Result<Loaded> load_exact(const RuntimeLibrary& library, base::Bytes file, const ir::Graph& graph) {
  std::string name = fmt::format("onnxruntime {}", library.version);
  if (auto exact = ort::load(library, file, graph, {.sums = ort::Sums::Exact})) return Loaded{*exact, std::move(name)};
  auto shipped = NETFIT_TRY(ort::load(library, file, graph, {.sums = ort::Sums::AsShipped}));
  return Loaded{std::move(shipped), name + ", sums as shipped"};
}

}  // namespace

Result<std::unique_ptr<Executor>> create_onnxruntime(const RuntimeLibrary& library, base::Bytes file,
                                                     const ir::Graph& graph, const ExecutorOptions& options) {
  const auto [model, name] = NETFIT_TRY(load_exact(library, file, graph));
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
  return create_parallel(graph, std::move(sessions), {.name = name});
}

Result<std::unique_ptr<Invocation>> create_onnxruntime_invocation(const RuntimeLibrary& library, base::Bytes file,
                                                                  const ir::Graph& graph, int threads) {
  const auto model = NETFIT_TRY(ort::load(library, file, graph, {threads, ort::Sums::AsShipped}));
  auto session = NETFIT_TRY(ort::create_session(model, 1));
  return create_invocation(graph, std::move(session), {.name = fmt::format("onnxruntime {}", library.version)});
}

}  // namespace netfit::exec
