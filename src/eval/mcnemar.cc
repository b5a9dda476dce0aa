// SPDX-License-Identifier: Apache-2.0
#include "eval/mcnemar.h"

#include "base/check.h"
#include "base/sign_statistics.h"

namespace netfit::eval {

PairedOutcome compare_paired(std::span<const std::int64_t> labels, std::span<const std::int64_t> a,
                             std::span<const std::int64_t> b) {
  NETFIT_CHECK(labels.size() == a.size() && labels.size() == b.size());
  PairedOutcome outcome;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool right_a = a[i] == labels[i];
    const bool right_b = b[i] == labels[i];
    outcome.lost += right_a && !right_b ? 1 : 0;
    outcome.gained += right_b && !right_a ? 1 : 0;
  }
  outcome.p = base::sign_test_p(outcome.lost, outcome.gained);
  return outcome;
}

}  // namespace netfit::eval
