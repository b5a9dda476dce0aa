// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace netfit::golden {

/// One golden test, as read from its file:
///
///   # what: one sentence
///   run: netfit inspect tests/models/bad_x.tflite
///   --- input           (standard input; optional)
///   --- output          (standard output, to the byte; optional: anything)
///   --- errors          (standard error, to the byte; optional: must be empty, unless "errors any" is given)
///   --- exit 0
///
/// In `run` and the expectations {tmp} stands for a fresh folder. A line `--- absent NAME` says that {tmp}/NAME must
/// not exist afterwards.
struct GoldenFile {
  std::filesystem::path path;
  std::string head;  ///< everything before the first section
  std::string command;
  std::string input;
  std::string output;
  std::string errors;
  bool checks_output = false;
  bool any_errors = false;
  int exit_code = 0;
  std::vector<std::string> absent;
};

Result<GoldenFile> load(const std::filesystem::path& path);

/// The file's text with other expectations, for NETFIT_UPDATE_GOLDEN=1.
std::string print(const GoldenFile& file);

}  // namespace netfit::golden
