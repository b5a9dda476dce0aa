// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

namespace netfit::calib {

/// 0 of an empty list.
double median(std::vector<double> values);

/// Spearman's rank correlation, ties sharing their mean rank; 0 where it isn't defined.
double spearman(std::span<const double> a, std::span<const double> b);

}  // namespace netfit::calib
