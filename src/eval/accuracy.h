// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/tensor.h"

namespace netfit::eval {

/// Bounds in percent.
struct Interval {
  double low = 0.0;
  double high = 0.0;
};

/// The Wilson score interval that holds the true share with 90 % confidence, given `hits` among `count` samples; the
/// whole range for no samples.
Interval wilson_interval(std::int64_t hits, std::int64_t count);

/// The class that no sample has: what top_classes says where the scores are not numbers.
inline constexpr std::int64_t kNoClass = -1;

/// The index of the greatest score of each sample of [n, ...], counted over all axes but the first; the first of
/// equals. kNoClass for a sample with a NaN or without scores.
std::vector<std::int64_t> top_classes(const Tensor& scores);

/// The share of places where both agree on a class, in percent; 0 for none. kNoClass agrees with nothing.
double percent_equal(std::span<const std::int64_t> a, std::span<const std::int64_t> b);

}  // namespace netfit::eval
