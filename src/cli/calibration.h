// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/environment.h"
#include "cli/flags/flags.h"
#include "data/dataset.h"
#include "ir/graph.h"
#include "quant/quantize.h"

namespace netfit::cli {

/// Training samples that calibrate a model's ranges.
struct CalibrationSamples {
  data::Dataset chosen;
  std::string source;                              ///< the data set that they were chosen from
  std::optional<ir::Preprocessing> preprocessing;  ///< of images
};

/// `count` of the data set's training samples, or --limit if that is less; the same for the same seed.
Result<CalibrationSamples> choose_calibration(const DataFlags& flags, std::int64_t count, std::uint64_t seed,
                                              const ir::Graph& graph, const Environment& environment);

struct CalibrateOptions {
  quant::CalibrationOptions ranges;
  int threads = 1;
};

/// The range of every activation of `graph` (float, optimized) over the samples.
Result<quant::Ranges> calibrate_ranges(const ir::Graph& graph, const CalibrationSamples& samples,
                                       const CalibrateOptions& options, Progress& progress);

}  // namespace netfit::cli
