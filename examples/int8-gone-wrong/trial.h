// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "diagnose/diagnose.h"
#include "injector.h"

namespace netfit::gone_wrong {

/// One case that was diagnosed, and how that compares with what was done to it.
struct Trial {
  std::string network;
  std::uint64_t seed = 0;
  Truth truth;
  double sound_percent = 0.0;  ///< top-1 of the sound int8 file on the same test images
  double seen_percent = 0.0;   ///< of the case
  diagnose::FaultKind said = diagnose::FaultKind::Healthy;
  std::string said_layer;
  bool place_right = true;              ///< the layer, or a value of the group; true where none is at fault
  std::optional<double> fixed_percent;  ///< of the repaired file; none where there was no repair
  std::string not_fixed;                ///< why

  /// The fault, or "healthy" where it costs less than a point.
  bool named_right() const;
};

enum class Fix { No, Yes };

struct TrialOptions {
  std::int64_t diagnose_samples = 500;  ///< test images that the diagnosis sees; accuracy is of all
  Fix fix = Fix::No;
};

/// Diagnoses a case of `bench`, whose sound int8 file has `sound_percent`.
Result<Trial> try_case(const Broken& broken, const Workbench& bench, double sound_percent, const TrialOptions& options);

}  // namespace netfit::gone_wrong
