// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "calib/backtest.h"
#include "calib/calibration.h"
#include "calib/samples.h"
#include "cli/environment.h"
#include "cli/host/timing.h"
#include "cli/model.h"

namespace netfit::cli {

struct HostOptions {
  double budget_seconds = 600.0;  ///< of measuring, models made and loaded included
  std::uint64_t seed = 1;         ///< of the networks
};

/// What this host does with small networks in LiteRT, and how well that tells of networks it has not seen.
struct HostCalibration {
  std::vector<calib::Observation> rows;  ///< one a network and precision
  std::vector<double> repeats;           ///< HostTiming::repeat of each
  calib::Calibration own;
  std::vector<calib::Judged> judged;  ///< each row by a calibration to nine tenths of the networks; of `rows`
  bool complete = true;               ///< false if the user stopped the measuring early
};

/// Stopped by the user before enough networks are measured, it fails as interrupted.
Result<HostCalibration> calibrate_host(const HostOptions& options, const Environment& environment);

/// A timed model as a row of measurements, its work counted as for this host's LiteRT.
calib::Observation host_observation(const Model& model, bool int8, const HostTiming& timing);

/// The rows in the columns of measurements/README.md.
std::string measurements_csv(const std::vector<calib::Observation>& rows);

}  // namespace netfit::cli
