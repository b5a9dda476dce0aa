// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "passes/pass.h"

namespace netfit::passes {

/// Every pass, sorted by name.
std::span<const PassSpec> catalog();

/// The pass of that name; fails with the nearest name.
Result<const PassSpec*> find_pass(std::string_view name);

}  // namespace netfit::passes
