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

/// The models that tables name, of a folder; an empty path means the shipped one.
Result<calib::ModelSource> open_models(const std::string& folder, const Environment& environment);

/// The shipped coefficients, and laid over them those of a file that `calibrate` wrote, if one is given.
Result<calib::Calibration> load_calibration(const Environment& environment, const std::string& own = "");

}  // namespace netfit::cli
