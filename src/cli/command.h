// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string_view>

#include "base/result.h"
#include "cli/environment.h"

namespace CLI {
class App;
}

namespace netfit::cli {

/// What a command does once its flags are read.
using Action = std::function<Result<void>(const Environment&)>;

/// One command: a row of the command table (commands.cc).
struct Command {
  std::string_view name;
  std::string_view summary;
  /// Declares the command's flags on `app` and returns what to do with them.
  Action (*set_up)(CLI::App& app);
};

}  // namespace netfit::cli
