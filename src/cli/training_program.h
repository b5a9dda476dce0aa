// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace netfit::cli {

/// If the command is `train` or `prune`, becomes the program netfit-train, which lies beside this one; returns if it is
/// another command or there is no such program. Libtorch takes most of a second to load, which no other command shall
/// wait for.
void become_training_program(char** argv);

}  // namespace netfit::cli
