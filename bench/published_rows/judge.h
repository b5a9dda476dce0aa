// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/reading.h"
#include "cases.h"
#include "fit.h"

namespace netfit::published {

/// What a row's prediction comes out as.
struct Outcome {
  const Case* made = nullptr;
  Quantity quantity = Quantity::Latency;
  double published = 0.0;
  Reading predicted;          ///< by the program as it is
  double unseen_error = 0.0;  ///< ln(predicted / published) by figures fitted to rows of other families only

  double error() const;  ///< ln(predicted / published)
  bool inside() const { return predicted.low <= published && published <= predicted.high; }
};

/// One outcome for each printed number of a row.
Result<std::vector<Outcome>> judge(const std::vector<Case>& cases);

/// Outcomes that share an interval: of one quantity, core, runtime, type and class of threads.
struct Group {
  Quantity quantity = Quantity::Latency;
  std::string core;
  std::string runtime;
  DType type = DType::Float32;
  int least_threads = 1;
  int most_threads = 1;
  std::vector<const Outcome*> outcomes;
};
std::vector<Group> group(const std::vector<Outcome>& outcomes);

/// The factor that nine of ten errors of unseen rows stay within (with the correction of split conformal prediction for
/// few rows), without those of one family if given.
double factor_of(const Group& group, const std::string& without_family = "");

/// Rows of the group that lie within the factor of the other families.
int count_covered_unseen(const Group& group);

}  // namespace netfit::published
