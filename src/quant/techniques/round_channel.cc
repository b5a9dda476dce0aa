// SPDX-License-Identifier: Apache-2.0
#include "quant/techniques/round_channel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "quant/techniques/row_products.h"

namespace netfit::quant {
namespace {

// Of the mean moment. Less learns the chance of 512 samples.
constexpr double kDamping = 0.01;
constexpr int kScales = static_cast<int>(kSideBySide);
constexpr int kMostSweeps = 40;
constexpr int kMostTurns = 8;

// Rounds a half away from zero, as std::round does; the largest number below it keeps what is less from being raised.
int nearest(double value, int largest) {
  const double within = std::clamp(value, -static_cast<double>(largest), static_cast<double>(largest));
  return static_cast<int>(within + std::copysign(0.49999999999999994, within));
}

/// Where the search starts for each of several scales.
struct Starts {
  std::array<double, kSideBySide> scales;
  std::vector<double> integers;  ///< by weight, then scale
  std::vector<double> products;  ///< H times integers, likewise
};

// Rounds every weight in the light of what those before it lost, for all scales at once, so that H is read once.
Starts start(const Quadratic& quadratic, std::span<const double> best, const RoundingLimits& limits) {
  const std::vector<std::size_t>& order = quadratic.order();
  const std::size_t n = order.size();
  Starts starts{
      .scales = {}, .integers = std::vector(n * kSideBySide, 0.0), .products = std::vector(n * kSideBySide, 0.0)};
  for (std::size_t i = 0; i < kSideBySide; ++i) {
    const double share = 1.0 - (1.0 - limits.least_scale) * static_cast<double>(i) / (kScales - 1);
    starts.scales[i] = limits.scale * share;
  }
  std::vector<double> lost(n * kSideBySide, 0.0);  // in reverse order
  for (std::size_t place = n; place-- > 0;) {
    const double* row = quadratic.factor_row(place);
    const std::size_t k = order[n - 1 - place];
    std::array<double, kSideBySide> pull;
    multiply_side_by_side(row + place + 1, lost.data() + (place + 1) * kSideBySide, n - place - 1, pull.data());
    for (std::size_t i = 0; i < kSideBySide; ++i) {
      const int integer = nearest((best[k] + pull[i] / row[place]) / starts.scales[i], limits.largest);
      starts.integers[k * kSideBySide + i] = integer;
      lost[place * kSideBySide + i] = best[k] - integer * starts.scales[i];
    }
  }
  for (std::size_t k = 0; k < n; ++k) {
    multiply_side_by_side(quadratic.row(k), starts.integers.data(), n, starts.products.data() + k * kSideBySide);
  }
  return starts;
}

/// One channel's integers, with what the error's gradient consists of kept up to date.
class Descent {
 public:
  Descent(const Quadratic& quadratic, std::span<const double> best, int largest)
      : quadratic_(quadratic),
        best_(best),
        target_(quadratic.times(best)),
        largest_(largest),
        integers_(quadratic.size(), 0),
        product_(quadratic.size(), 0.0) {}

  void begin(const Starts& starts, std::size_t which) {
    scale_ = starts.scales[which];
    for (std::size_t k = 0; k < integers_.size(); ++k) {
      integers_[k] = static_cast<int>(starts.integers[k * kSideBySide + which]);
      product_[k] = starts.products[k * kSideBySide + which];
    }
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
    const double moment = quadratic_.moment(k);
    const int turned = nearest(integers_[k] - gradient(k) / (scale_ * moment), largest_);
    if (turned == integers_[k]) return false;
    const int turn = turned - integers_[k];
    const double step = turn * scale_;
    // A turn that gains next to nothing could be undone by rounding, for ever.
    if (2 * step * gradient(k) + step * step * moment > -1e-9 * step * step * moment) return false;
    integers_[k] = turned;
    add_multiple(product_, turn, quadratic_.row(k));
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
  for (std::size_t i = 0; i < size_; ++i) {
    moments_[i * size_ + i] += damping_;
    diagonal_.push_back(moments_[i * size_ + i]);
  }

  std::iota(order_.begin(), order_.end(), std::size_t{0});
  std::ranges::stable_sort(order_, [&](std::size_t a, std::size_t b) { return diagonal_[a] > diagonal_[b]; });
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
      add_multiple(std::span(below + k, size_ - k), -pivot[k], pivot + k);
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
    add_multiple(std::span(x).subspan(i + 1), -x[i], factor_row(i) + i + 1);
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
  const Starts starts = start(quadratic, best, limits);
  Descent descent(quadratic, best, limits.largest);
  if (limits.least_scale >= 1) {
    descent.begin(starts, 0);
    descent.descend();
    return descent.result();
  }
  RoundedChannel found{.error = INFINITY};
  for (std::size_t i = 0; i < kSideBySide; ++i) {
    descent.begin(starts, i);
    descent.descend();
    for (int turn = 0; turn < kMostTurns && descent.fit_scale(); ++turn) descent.descend();
    RoundedChannel candidate = descent.result();
    if (candidate.error < found.error) found = std::move(candidate);
  }
  return found;
}

}  // namespace netfit::quant
