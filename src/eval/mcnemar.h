// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace netfit::eval {

/// Two models on the same labelled samples: the samples that only one of them has right, and how likely chance alone
/// is to split them at least so unevenly, by McNemar's exact test (base::sign_test_p). Samples on which both are right
/// or both are wrong say nothing.
struct PairedOutcome {
  std::int64_t lost = 0;    ///< right in the first model, wrong in the second
  std::int64_t gained = 0;  ///< the reverse
  double p = 1.0;           ///< exact and two-sided
};

/// Compares the classes that two models gave to the same samples. A sample without a class is wrong.
PairedOutcome compare_paired(std::span<const std::int64_t> labels, std::span<const std::int64_t> a,
                             std::span<const std::int64_t> b);

}  // namespace netfit::eval
