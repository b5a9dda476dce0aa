// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "exec/executor.h"
#include "exec/step.h"

namespace netfit::exec {

/// Runs a node on `runner`, one sample at a time, whatever the node is.
std::unique_ptr<Step> make_fallback_step(const NodeContext& context, ir::NodeId node,
                                         std::shared_ptr<const NodeRunner> runner);

}  // namespace netfit::exec
