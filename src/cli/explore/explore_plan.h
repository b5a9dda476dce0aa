// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "calib/calibration.h"
#include "cli/calibration.h"
#include "cli/environment.h"
#include "cli/flags/flags.h"
#include "cli/model.h"
#include "cli/schemes.h"
#include "data/dataset.h"
#include "device/device.h"
#include "device/runtime.h"
#include "store/run.h"

namespace netfit::cli {

/// What is to be explored: flags and netfit.toml together.
struct ExploreRequest {
  std::vector<std::string> models;
  std::vector<std::string> schemes;
  std::vector<std::string> devices;
  std::string runtime;  ///< empty: each device's default
  DataFlags data;       ///< without a source nothing is said of accuracy
  int threads = 1;
};

/// A model with the data that judge and calibrate it.
struct ExploreSource {
  Model model;
  ir::Graph graph;  ///< optimized, with the record of preprocessing that is used
  std::string hash;
  std::optional<data::Dataset> test;
  store::DataRef test_ref;
  std::optional<CalibrationSamples> calibration;  ///< where a scheme needs it
  std::string calibration_hash;
};

struct ExploreTarget {
  device::Device device;
  device::Runtime runtime;
  std::shared_ptr<const calib::Calibration> calibration;  ///< of devices that measurements know; else null
  store::DeviceRef ref;
};

/// A Run that is wanted: all that makes its key, and nothing that comes of the work.
struct PlannedRun {
  std::size_t target = 0;
  std::string key;
  store::Run run;
};

/// One file to build and the Runs that it is for, one for each target.
struct PlannedFile {
  std::size_t source = 0;
  const Scheme* scheme = nullptr;
  std::string name;  ///< the same for equal work
  std::vector<PlannedRun> runs;
};

struct ExplorePlan {
  std::vector<ExploreSource> sources;
  std::vector<ExploreTarget> targets;
  std::vector<PlannedFile> files;

  std::int64_t run_count() const;
};

/// Reads models, data and descriptions, and says what is to be done; builds and evaluates nothing.
Result<ExplorePlan> make_plan(const ExploreRequest& request, const Environment& environment);

/// How many training samples calibrate the ranges, as for `quantize`.
inline constexpr std::int64_t kCalibrationSamples = 512;

}  // namespace netfit::cli
