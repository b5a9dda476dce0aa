// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "calib/calibration.h"
#include "calib/samples.h"
#include "cli/environment.h"

namespace netfit::cli {

/// The shipped file or folder measurements/<name>, in the first of the device roots that has it.
Result<std::filesystem::path> find_measurements(const std::string& name, const Environment& environment);

/// A table of measurements with its models counted; empty paths mean the shipped ones. Says how many rows were skipped.
Result<calib::Observations> load_observations(const std::string& table, const std::string& models,
                                              const Environment& environment);

/// The shipped coefficients.
Result<calib::Calibration> load_calibration(const Environment& environment);

}  // namespace netfit::cli
