// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace netfit::base {

/// How likely chance alone is to split `lost` + `gained` fair coins at least so unevenly: the exact, two-sided sign
/// test; 1 for no coins. On pairs of which exactly one side is right this is McNemar's exact test (Psychometrika 12,
/// 1947).
double sign_test_p(std::int64_t lost, std::int64_t gained);

}  // namespace netfit::base
