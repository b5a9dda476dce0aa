// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "calib/situation.h"
#include "cost/terms.h"

namespace netfit::calib {

/// A measured latency as a function of what is fitted.
struct Sample {
  std::size_t situation = 0;  ///< its place in Samples::situations
  std::string model;
  cost::TermCounts counts;
  double log_ms = 0.0;
};

struct Samples {
  std::vector<Situation> situations;  ///< distinct by key
  std::vector<Sample> samples;
};

/// What a fit found: the deviations of hierarchy.h by key, and how noisy each configuration is.
struct Coefficients {
  std::unordered_map<std::string, double> deviations;
  std::unordered_map<std::string, double> noise;  ///< by Situation::key(): spread of its errors over the usual one
};

/// Logarithm of how many times as long a model takes as its counted work says, in such a situation, by the rows of it
/// that the fit has seen; 0 for other models.
double model_deviation(const Situation& situation, const std::string& model, const Coefficients& coefficients);

/// Cycles of one unit of each term.
using CycleTable = std::array<double, cost::kTermCount>;

/// What the coefficients say of a situation; of what they have not seen, what its kin has in common.
CycleTable cycles_in(const Situation& situation, const Coefficients& coefficients);

/// sum(counts * cycles) / clock, in milliseconds.
double latency_ms(const cost::TermCounts& counts, const CycleTable& cycles, double clock_mhz);

/// The most probable coefficients given the samples with the indices `chosen`, from a cold start: normal priors on the
/// deviations, errors of log latencies from Student's distribution with 4 degrees of freedom (docs/cost-models.md,
/// "Fit"). Deterministic.
Coefficients fit(const Samples& all, std::span<const std::size_t> chosen);

/// `known` with what the chosen samples of one device add: its board and configurations deviate from what is known, all
/// else stays as it is. One sample tells the device's scale, some more how it fares with each group of terms.
Coefficients adapt(const Coefficients& known, const Samples& all, std::span<const std::size_t> chosen);

}  // namespace netfit::calib
