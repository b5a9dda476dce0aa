// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/flags/flags.h"

namespace netfit::cli {

/// The integer file of a network that was trained for it.
struct IntegerJob {
  std::filesystem::path model;
  std::filesystem::path file;  ///< .tflite
  std::string scheme;          ///< as `quantize` names it
  DataFlags data;
  int threads = 1;
};

/// Writes the file by the recipe qat, reads it back, and says how many percent of the test images it gets right in the
/// fast executor. No value, and no file, where this netfit was built for training alone; no value without test images.
Result<std::optional<double>> judge_integer_file(const IntegerJob& job, const Environment& environment);

}  // namespace netfit::cli
