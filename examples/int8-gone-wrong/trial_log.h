// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "trial.h"

namespace netfit::gone_wrong {

/// Trials that are done, a line of JSON each, so that a run of hours goes on where it stopped. A line counts for runs
/// of the same settings only; whoever changes the diagnosis removes the file.
class TrialLog {
 public:
  /// Keeps nothing if `file` is empty. Fails on a line that is no trial; a last one that was cut off is left out.
  static Result<TrialLog> open(std::filesystem::path file, std::string settings);

  std::optional<Trial> find(const std::string& name) const;
  /// The line is on disk when this returns.
  Result<void> add(const std::string& name, const Trial& trial);

 private:
  std::filesystem::path file_;
  std::string settings_;
  std::map<std::string, Trial> trials_;
};

}  // namespace netfit::gone_wrong
