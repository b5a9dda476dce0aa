// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/round_channel.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace netfit::quant {
namespace {

// Of the mean moment. Less learns the chance of 512 samples.
constexpr double kDamping = 0.01;
constexpr int kScales = 12;
constexpr int kMostSweeps = 40;
constexpr int kMostTurns = 8;

int nearest(double value, int largest) {
  return static_cast<int>(std::clamp(std::round(value), -static_cast<double>(largest), static_cast<double>(largest)));
}

void add_multiple(std::vector<double>& sum, double factor, const double* row) {
  for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += factor * row[j];
}

/// One channel's integers, with what the error's gradient consists of kept up to date.
class Descent {
 public:
  Descent(const Quadratic& quadratic, std::span<const double> best, int largest)
      : quadratic_(quadratic),
        best_(best),
        target_(quadratic.times(best)),
        largest_(largest),
        integers_(quadratic.size(), 0) {}

  // Rounds every weight in the light of what those before it lost.
  void start(double scale) {
    scale_ = scale;
    const std::vector<std::size_t>& order = quadratic_.order();
    const std::size_t n = order.size();
    std::vector<double> lost(n, 0.0);  // in reverse order
    for (std::size_t place = n; place-- > 0;) {
      const double* row = quadratic_.factor_row(place);
      double pull = 0;
      for (std::size_t j = place + 1; j < n; ++j) pull += row[j] * lost[j];
      const std::size_t k = order[n - 1 - place];
      integers_[k] = nearest((best_[k] + pull / row[place]) / scale_, largest_);
      lost[place] = best_[k] - integers_[k] * scale_;
    }
    product_ = quadratic_.times(std::vector<double>(integers_.begin(), integers_.end()));
  }

  // Turns single weights until none is left whose turn helps.
  void descend() {
    for (int sweep = 0; sweep < kMostSweeps; ++sweep) {
      bool turned = false;
      for (const std::size_t k : quadratic_.order()) turned = improve(k) || turned;
      if (!turned) return;
    }
  }

  // The scale that is best for these integers: a quotient, as the error is a parabola in it.
  bool fit_scale() {
    const double square = std::inner_product(integers_.begin(), integers_.end(), product_.begin(), 0.0);
    const double with_best = std::inner_product(best_.begin(), best_.end(), product_.begin(), 0.0);
    if (square <= 0 || with_best <= 0) return false;
    const double scale = with_best / square;
    const bool moved = std::fabs(scale - scale_) > 1e-6 * scale_;
    scale_ = scale;
    return moved;
  }

  double error() const {
    double sum = 0;
    for (std::size_t k = 0; k < integers_.size(); ++k) sum += (integers_[k] * scale_ - best_[k]) * gradient(k);
    return sum;
  }
  RoundedChannel result() const { return {.integers = integers_, .scale = scale_, .error = error()}; }

 private:
  double gradient(std::size_t k) const { return scale_ * product_[k] - target_[k]; }

  bool improve(std::size_t k) {
    const double* row = quadratic_.row(k);
    const int turned = nearest(integers_[k] - gradient(k) / (scale_ * row[k]), largest_);
    if (turned == integers_[k]) return false;
    const int turn = turned - integers_[k];
    const double step = turn * scale_;
    // A turn that gains next to nothing could be undone by rounding, for ever.
    if (2 * step * gradient(k) + step * step * row[k] > -1e-9 * step * step * row[k]) return false;
    integers_[k] = turned;
    add_multiple(product_, turn, row);
    return true;
  }

  const Quadratic& quadratic_;
  std::span<const double> best_;
  std::vector<double> target_;  ///< H v*
  int largest_;
  double scale_ = 1.0;
  std::vector<int> integers_;
  std::vector<double> product_;  ///< H times integers
};

}  // namespace

Quadratic::Quadratic(std::vector<double> moments, std::size_t size)
    : size_(size), moments_(std::move(moments)), order_(size), factor_(size * size, 0.0) {
  double trace = 0;
  for (std::size_t i = 0; i < size_; ++i) trace += moments_[i * size_ + i];
  damping_ = std::max(kDamping * trace / static_cast<double>(size_), 1e-12);
  for (std::size_t i = 0; i < size_; ++i) moments_[i * size_ + i] += damping_;

  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::ranges::stable_sort(order_, [&](std::size_t a, std::size_t b) { return row(a)[a] > row(b)[b]; });
  // H = U' U with U upper triangular in the reverse order: the weight rounded first stands last, so that those behind
  // it in the order can make up for its error.
  for (std::size_t i = 0; i < size_; ++i) {
    const std::size_t from = order_[size_ - 1 - i];
    for (std::size_t j = i; j < size_; ++j) factor_[i * size_ + j] = row(from)[order_[size_ - 1 - j]];
  }
  for (std::size_t i = 0; i < size_; ++i) {
    double* pivot = factor_.data() + i * size_;
    const double root = std::sqrt(std::max(pivot[i], damping_ * 1e-3));
    for (std::size_t j = i; j < size_; ++j) pivot[j] /= root;
    pivot[i] = root;
    for (std::size_t k = i + 1; k < size_; ++k) {
      double* below = factor_.data() + k * size_;
      for (std::size_t j = k; j < size_; ++j) below[j] -= pivot[k] * pivot[j];
    }
  }
}

std::vector<double> Quadratic::best(std::span<const double> cross, std::span<const double> prior) const {
  std::vector<double> x(size_);
  for (std::size_t i = 0; i < size_; ++i) {
    const std::size_t k = order_[size_ - 1 - i];
    x[i] = cross[k] + damping_ * prior[k];
  }
  for (std::size_t i = 0; i < size_; ++i) {
    x[i] /= factor_row(i)[i];
    for (std::size_t j = i + 1; j < size_; ++j) x[j] -= factor_row(i)[j] * x[i];
  }
  for (std::size_t i = size_; i-- > 0;) {
    for (std::size_t j = i + 1; j < size_; ++j) x[i] -= factor_row(i)[j] * x[j];
    x[i] /= factor_row(i)[i];
  }
  std::vector<double> result(size_);
  for (std::size_t i = 0; i < size_; ++i) result[order_[size_ - 1 - i]] = x[i];
  return result;
}

std::vector<double> Quadratic::times(std::span<const double> x) const {
  std::vector<double> product(size_, 0.0);
  for (std::size_t i = 0; i < size_; ++i) {
    if (x[i] != 0) add_multiple(product, x[i], row(i));
  }
  return product;
}

RoundedChannel round_channel(const Quadratic& quadratic, std::span<const double> best, const RoundingLimits& limits) {
  Descent descent(quadratic, best, limits.largest);
  if (limits.least_scale >= 1) {
    descent.start(limits.scale);
    descent.descend();
    return descent.result();
  }
  RoundedChannel found{.error = INFINITY};
  for (int i = 0; i < kScales; ++i) {
    descent.start(limits.scale * (1.0 - (1.0 - limits.least_scale) * i / (kScales - 1)));
    descent.descend();
    for (int turn = 0; turn < kMostTurns && descent.fit_scale(); ++turn) descent.descend();
    RoundedChannel candidate = descent.result();
    if (candidate.error < found.error) found = std::move(candidate);
  }
  return found;
}

}  // namespace netfit::quant
