// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "ir/op_spec.h"

namespace netfit::exec {

/// How i8 values lie in a program's buffers. Unsigned: q is stored as the unsigned byte q + 128, which is what VNNI
/// multiplies; zero points move along, so the numbers that they stand for stay the same.
enum class ByteStorage : std::uint8_t { AsIs, Unsigned };

/// A node to be compiled for `batch` samples.
struct NodeContext {
  ir::NodeView node;
  std::int64_t batch = 1;
  ByteStorage storage = ByteStorage::AsIs;
};

/// Where a step finds its data. Addresses stay the same from run to run, are aligned to 64 bytes, and may be read 64
/// bytes beyond their elements.
struct StepBuffers {
  /// One for each input of the node; null for constants and absent inputs.
  std::vector<const std::byte*> inputs;
  std::byte* output = nullptr;
  /// scratch_bytes() that any other step may overwrite between runs.
  std::byte* scratch = nullptr;
};

/// One node, compiled.
class Step {
 public:
  virtual ~Step() = default;
  virtual std::size_t scratch_bytes() const { return 0; }
  /// Called once, before the first run.
  virtual Result<void> bind(StepBuffers buffers) = 0;
  virtual Result<void> run() = 0;
};

/// Compiles a node; null if this maker does not do such nodes.
using StepMaker = Result<std::unique_ptr<Step>> (*)(const NodeContext& context);

}  // namespace netfit::exec
