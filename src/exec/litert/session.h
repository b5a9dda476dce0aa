// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/files.h"
#include "exec/file_port.h"
#include "exec/litert/api.h"
#include "exec/runtime.h"
#include "exec/session.h"

namespace netfit::exec::litert {

/// What sessions of one model share.
struct Shared {
  Api api;
  base::Bytes file;
  std::vector<FilePort> inputs;
  std::vector<FilePort> outputs;
};

struct SessionOptions {
  LitertKernels kernels = LitertKernels::Default;
  std::int64_t batch = 1;
  /// LiteRT's own threads within one run.
  int threads = 1;
};

/// Fails if LiteRT refuses the file, or cannot run it on that many samples at once.
Result<std::unique_ptr<Session>> create_session(std::shared_ptr<const Shared> shared, const SessionOptions& options);

Result<std::shared_ptr<const Shared>> load(const RuntimeLibrary& library, base::Bytes file, const ir::Graph& graph);

}  // namespace netfit::exec::litert
