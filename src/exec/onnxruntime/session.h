// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/files.h"
#include "exec/runtime.h"
#include "exec/session.h"

namespace netfit::exec::ort {

/// A model loaded into ONNX Runtime; several threads may run it at once.
class LoadedModel;

/// `threads` are ONNX Runtime's own, within one run.
Result<std::shared_ptr<const LoadedModel>> load(const RuntimeLibrary& library, std::span<const std::byte> file,
                                                const ir::Graph& graph, int threads);

/// Whether every input of the file leaves its first extent open.
bool has_open_batch(const LoadedModel& model);

/// Fails if the model cannot be run on that many samples at once; it is tried on zeros.
Result<std::unique_ptr<Session>> create_session(std::shared_ptr<const LoadedModel> model, std::int64_t batch);

}  // namespace netfit::exec::ort
