// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "calib/fit.h"
#include "calib/measurement.h"
#include "calib/memory_figures.h"
#include "calib/model_source.h"

namespace netfit::calib {

/// One measurement with the graph's work in its situation.
struct Observation {
  Measurement row;
  Situation situation;
  cost::TermCounts counts;
  std::optional<MemoryFigures> memory;  ///< predicted, of rows that have measured memory
};

struct Observations {
  std::vector<Observation> rows;
  std::vector<SkippedRow> skipped;  ///< whose model can't be built, among others
};

/// `model_id` with the classes of the data set that the row's model file was trained on, where its name tells: the
/// classifier is much of a small network's flash.
std::string with_classes(const std::string& model_id, const std::string& notes);

/// Counts the work of every row's model. Rows whose model is not known are skipped with the reason.
Observations observe(const MeasurementTable& table, ModelSource& models);

/// Rows that measured the same model file in the same situation become one, with the least of each figure: repeated
/// submissions would else let a fit see the row that it is judged by.
Observations merge_duplicates(Observations observations);

/// Rows of one population with a latency, as a fit takes them; `places` tells each sample's index in `rows`.
struct PopulationSamples {
  Samples samples;
  std::vector<std::size_t> places;
};
PopulationSamples samples_of(std::span<const Observation> rows, Population population);

}  // namespace netfit::calib
