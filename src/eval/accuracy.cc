// SPDX-License-Identifier: Apache-2.0
#include "eval/accuracy.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace netfit::eval {
namespace {

// The 95th percentile of the normal distribution: 5 % on each side are left out.
constexpr double kQuantile = 1.6448536269514722;

std::int64_t top_class(std::span<const double> scores) {
  if (scores.empty() || std::ranges::any_of(scores, [](double score) { return std::isnan(score); })) return kNoClass;
  return std::ranges::max_element(scores) - scores.begin();
}

}  // namespace

Interval wilson_interval(std::int64_t hits, std::int64_t count) {
  NETFIT_CHECK(hits >= 0 && hits <= count);
  if (count == 0) return {0.0, 100.0};
  const double n = static_cast<double>(count);
  const double share = static_cast<double>(hits) / n;
  const double square = kQuantile * kQuantile;
  const double center = share + square / (2 * n);
  const double half_width = kQuantile * std::sqrt(share * (1 - share) / n + square / (4 * n * n));
  const double norm = 1 + square / n;
  return {100 * std::max(0.0, (center - half_width) / norm), 100 * std::min(1.0, (center + half_width) / norm)};
}

std::vector<std::int64_t> top_classes(const Tensor& scores) {
  NETFIT_CHECK(scores.shape().rank() >= 1);
  const std::vector<double> all = tensor::to_doubles(scores);
  const auto samples = static_cast<std::size_t>(scores.shape()[0]);
  const std::size_t classes = samples == 0 ? 0 : all.size() / samples;
  std::vector<std::int64_t> top;
  for (std::size_t i = 0; i < samples; ++i) top.push_back(top_class(std::span(all).subspan(i * classes, classes)));
  return top;
}

double percent_equal(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
  NETFIT_CHECK(a.size() == b.size());
  if (a.empty()) return 0.0;
  std::int64_t equal = 0;
  for (std::size_t i = 0; i < a.size(); ++i) equal += a[i] == b[i] && a[i] != kNoClass ? 1 : 0;
  return 100.0 * static_cast<double>(equal) / static_cast<double>(a.size());
}

}  // namespace netfit::eval
