// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "base/files.h"
#include "exec/runtime.h"
#include "exec/session.h"

namespace netfit::exec::ort {

/// A model loaded into ONNX Runtime; several threads may run it at once.
class LoadedModel;

/// On x86-64 without VNNI, ONNX Runtime's int8 kernels add pairs of products in 16 bits, where they may saturate,
/// unless it is told to be exact, which is slower.
enum class Sums : std::uint8_t { AsShipped, Exact };

struct LoadOptions {
  int threads = 1;  ///< ONNX Runtime's own, within one run
  Sums sums = Sums::Exact;
};

Result<std::shared_ptr<const LoadedModel>> load(const RuntimeLibrary& library, std::span<const std::byte> file,
                                                const ir::Graph& graph, const LoadOptions& options);

/// Whether every input of the file leaves its first extent open.
bool has_open_batch(const LoadedModel& model);

/// Fails if the model cannot be run on that many samples at once; it is tried on zeros.
Result<std::unique_ptr<Session>> create_session(std::shared_ptr<const LoadedModel> model, std::int64_t batch);

}  // namespace netfit::exec::ort
