// SPDX-License-Identifier: Apache-2.0
#include "base/sign_statistics.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace netfit::base {

double sign_test_p(std::int64_t lost, std::int64_t gained) {
  NETFIT_CHECK(lost >= 0 && gained >= 0);
  const std::int64_t trials = lost + gained;
  const std::int64_t fewer = std::min(lost, gained);
  // The largest term of the tail is its last one: summing terms relative to it neither overflows nor underflows.
  double relative = 1.0;
  double sum = 0.0;
  for (std::int64_t k = fewer; k >= 0 && relative > 0.0; --k) {
    sum += relative;
    relative *= static_cast<double>(k) / static_cast<double>(trials - k + 1);
  }
  const auto log_factorial = [](std::int64_t n) { return std::lgamma(static_cast<double>(n) + 1.0); };
  const double log_last = log_factorial(trials) - log_factorial(fewer) - log_factorial(trials - fewer) -
                          static_cast<double>(trials) * std::log(2.0);
  return std::min(1.0, 2.0 * std::exp(log_last) * sum);
}

}  // namespace netfit::base
