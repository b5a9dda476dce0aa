// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "base/result.h"
#include "diagnose/examination.h"
#include "diagnose/fault.h"

namespace netfit::diagnose {

/// In which form of the subject a correction is made and judged.
enum class Where : std::uint8_t {
  Float,     ///< Examination::form: the fault is in its numbers whatever their precision
  Integers,  ///< Examination::subject: only its integers are at fault
  Outside,   ///< nothing in the file is
};

/// A finding, and how the network would be without it. The gain is how many points of agreement come back then.
struct Suspicion {
  Finding finding;
  Where where = Where::Outside;
  std::function<Result<void>(ir::Graph&)> correct = {};    ///< none Outside
  std::optional<ir::Preprocessing> wanted = std::nullopt;  ///< of faults in preprocessing: what the network wants
};

/// Fills `finding.weight` by correcting a copy and running it on the trials.
Result<void> weigh(const Examination& exam, Suspicion& suspicion);

using Suspicions = std::vector<Suspicion>;

/// Agreement of a rung with what the examination holds for true, on the trials alone.
double agreement_on_trials(const Examination& exam, RungKind rung);
double agreement_on_trials(const Examination& exam, const Answers& answers);

/// The last rung of the file itself: integer i/o, else float i/o, else its reals.
RungKind rung_of_file(const Examination& exam);

}  // namespace netfit::diagnose
