// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "diagnose/fault.h"
#include "diagnose/ladder.h"
#include "diagnose/subject.h"

namespace netfit::diagnose {

struct Diagnosis {
  std::vector<Rung> ladder;
  std::optional<std::size_t> first_drop;  ///< place in `ladder`
  /// What explains the drop, the likeliest first; Healthy alone where nothing drops and nothing looks wrong.
  std::vector<Finding> findings;
  std::vector<std::string> notes;  ///< what could not be looked at, and why
};

/// Runs the ladder, then every detector, then ranks what they found by how much of the drop each explains.
Result<Diagnosis> diagnose(const Case& subject, const Tools& tools);

struct Repair {
  ir::Graph graph;
  std::vector<std::string> changes;  ///< what was done, for people
};

/// A file without the fault: what the finding names is corrected and nothing else where that is possible; else the
/// network is quantized anew from its float form. Fails for kinds that no change of the file cures, saying why.
Result<Repair> repair(const Case& subject, const Finding& finding, const Tools& tools);

}  // namespace netfit::diagnose
