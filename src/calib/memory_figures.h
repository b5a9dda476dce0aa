// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "calib/situation.h"
#include "ir/graph.h"

namespace netfit::calib {

/// Peak RAM (activations and runtime) and flash (weights and code) as a microcontroller's runtime counts them, in KiB.
struct MemoryFigures {
  std::optional<double> ram_kib;  ///< no value where no rule of the runtime is known
  std::optional<double> flash_kib;
};

/// What is known of how a runtime plans memory; no value for runtimes of which we know nothing. Of X-CUBE-AI: chains of
/// layers write over their own inputs as they go, graphs with residuals don't; its code grows with layers and channels.
/// Of TensorFlow Lite for Microcontrollers: the tensor arena alone, as its examples state it, not the interpreter's
/// own. Of TinyEngine: depthwise convolutions write over their inputs (Lin et al., MCUNetV2, 2021, appendix).
std::optional<MemoryFigures> memory_figures(const ir::Graph& graph, const Situation& situation);

}  // namespace netfit::calib
