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
#include "quant/samples.h"

namespace netfit::cli {

/// Training samples that recipes learn from, and others that judge them.
struct CalibrationSamples {
  data::Dataset chosen;
  std::optional<data::Dataset> held_out;
  std::string source;                              ///< the data set that they were chosen from
  std::optional<ir::Preprocessing> preprocessing;  ///< of images
};

struct CalibrationWish {
  std::int64_t samples = 512;
  std::int64_t held_out = 0;
  std::uint64_t seed = 0;
};

/// As many of the data set's training samples as wished, or --limit if that is less; the same for the same seed. A data
/// set that is too small for both holds half of its samples out.
Result<CalibrationSamples> choose_calibration(const DataFlags& flags, const CalibrationWish& wish,
                                              const ir::Graph& graph, const Environment& environment);

/// One of the two sets as recipes take it: what `graph` (float, optimized) eats, and what runs graphs.
Result<quant::Samples> as_samples(const data::Dataset& dataset, const std::optional<ir::Preprocessing>& preprocessing,
                                  const ir::Graph& graph, int threads, Progress& progress);

}  // namespace netfit::cli
