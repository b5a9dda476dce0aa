// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <memory>

#include "base/progress.h"

namespace netfit::cli {

/// Shows a stage that lasts over two seconds: on a terminal one line that is redrawn, with the time that is left;
/// elsewhere a line every ten seconds. Installs the handler for Ctrl-C and SIGTERM; one of these lives per process.
std::shared_ptr<Progress> make_terminal_progress(std::FILE* stream, bool is_terminal);

}  // namespace netfit::cli
