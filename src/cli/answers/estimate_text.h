// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/environment.h"
#include "cost/estimate.h"
#include "device/device.h"
#include "device/runtime.h"

namespace netfit::cli {

/// What `estimate` answers, with all that was chosen on the way.
struct Estimated {
  std::string model;
  device::Device device;
  device::Runtime runtime;
  int threads = 1;
  std::vector<std::string> notes;
  cost::Estimate estimate;
  bool fitted = false;  ///< the layers' times are by measurements, not by the description of the device
};

enum class Detail { Totals, Layers };

void print_estimate(const Estimated& answer, Detail detail, const Environment& environment);

}  // namespace netfit::cli
