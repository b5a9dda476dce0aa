// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "device/runtime.h"
#include "ir/op_spec.h"

namespace netfit::cost {

/// How a node is costed.
struct Work {
  device::KernelClass kind = device::KernelClass::Elementwise;
  std::int64_t operations = 0;  ///< MACs; for ops without: elements, or taps of a pool, that are touched
  std::int64_t channels = 1;    ///< extent along which the work is vectorized
};
Work classify(const ir::NodeView& node);

/// Ops that only name the same bytes anew.
bool is_free(const ir::OpSpec& op);

}  // namespace netfit::cost
