// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "ir/op_spec.h"

namespace netfit::ir {

/// Every op there is, sorted by name.
std::span<const OpSpec* const> op_table();

/// The op of that name, or nullptr.
const OpSpec* find_op(std::string_view name);

}  // namespace netfit::ir
