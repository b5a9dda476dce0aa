// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "ir/op_spec.h"
#include "quant/precision.h"

namespace netfit::quant {

/// What a node gets that was to have `wanted`, and why it is something else.
struct Feasible {
  Precision precision;
  std::string reason;  ///< empty if it gets what was wanted
};

/// The nearest precision to `wanted` that the runtimes have a kernel for, and that files pay for. Nodes that cannot
/// compute in integers at all are no concern of this one: they get what was wanted.
Feasible feasible(const ir::NodeView& node, const Precision& wanted);

}  // namespace netfit::quant
