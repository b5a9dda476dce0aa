// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "cli/command.h"

namespace netfit::cli {

/// Runs the command that the arguments name and returns the exit code: 0 done, 1 bad input, 2 bad usage, 3 the check
/// that was asked for fails, 4 an outside program is missing, 70 a bug of ours, 130 interrupted.
int run(std::span<const Command* const> commands, std::vector<std::string> arguments, const Environment& environment);

}  // namespace netfit::cli
