// SPDX-License-Identifier: Apache-2.0
// The command table of the preset train.
#include <array>

#include "cli/commands.h"

namespace netfit::cli {
namespace {

constexpr std::array kCommands{&kPrune, &kTrain};

}  // namespace

std::span<const Command* const> commands() { return kCommands; }

}  // namespace netfit::cli
