// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/pass.h"

namespace netfit::passes {

/// Turns constants that are stored in half precision, or quantized, and that a requantize makes float, into float
/// constants: what a scheme needs that starts from float weights. Files keep their storage otherwise.
///
///   const @h: f16[8] = ...               const @w: f32[8] = ...
///   %w = requantize(@h) to=f32    ->
Result<Change> widen_constants(ir::Graph& graph);

}  // namespace netfit::passes
