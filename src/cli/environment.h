// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"

namespace netfit::cli {

/// Everything a command may touch of the world outside its files; the only code that reads the process's environment.
struct Environment {
  std::FILE* in = nullptr;
  std::FILE* out = nullptr;        ///< the answer
  std::FILE* err = nullptr;        ///< progress, notes and errors
  bool color = false;              ///< the answer may be coloured: a terminal, and no NO_COLOR
  std::filesystem::path cache;     ///< $NETFIT_CACHE, else $XDG_CACHE_HOME/netfit, else ~/.cache/netfit
  std::filesystem::path embedded;  ///< folder of the embedded data set; empty if it was not found
  std::vector<std::filesystem::path> device_roots;  ///< hold devices/ and runtimes/: the user's, then the shipped one
  std::filesystem::path vega;  ///< folder of the scripts that draw a report's charts; empty if it was not found
  std::vector<std::filesystem::path> site_packages;  ///< where LiteRT and ONNX Runtime may lie, best first
  std::shared_ptr<Progress> progress;
};

/// The process's own streams and folders; progress appears on a terminal after two seconds, and Ctrl-C asks it to stop
/// (a second one ends the process at once).
Environment real_environment();

/// A remark for the user: "note: ..." on err.
void note(const Environment& environment, const std::string& text);

}  // namespace netfit::cli
