// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace netfit::eval {

/// Two models on the same labelled samples: the samples that only one of them has right, and how likely chance alone
/// is to split them at least so unevenly.
struct PairedOutcome {
  std::int64_t lost = 0;    ///< right in the first model, wrong in the second
  std::int64_t gained = 0;  ///< the reverse
  double p = 1.0;           ///< exact and two-sided
};

/// McNemar's exact test: twice the smaller tail of a binomial with one half over `lost` + `gained` trials, at most 1.
/// Samples on which both are right or both are wrong say nothing. (McNemar, Psychometrika 12, 1947.)
double mcnemar_p(std::int64_t lost, std::int64_t gained);

/// Compares the classes that two models gave to the same samples. A sample without a class is wrong.
PairedOutcome compare_paired(std::span<const std::int64_t> labels, std::span<const std::int64_t> a,
                             std::span<const std::int64_t> b);

}  // namespace netfit::eval
