// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "cli/environment.h"

namespace netfit::cli {

/// What `netfit quantize` is to do under a scheme that needs no data: float32, float16, dynamic.
struct WeightsJob {
  std::string model;
  std::string output;
  std::string scheme;
  bool json = false;
};

/// Writes the file and says which weights are stored how.
Result<void> quantize_weights(const WeightsJob& job, const Environment& environment);

}  // namespace netfit::cli
