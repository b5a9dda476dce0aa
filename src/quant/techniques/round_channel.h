// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace netfit::quant {

/// (v - v*)' H (v - v*) over integer multiples v of a scale: how far the result of one output channel with the weights
/// v is from where it should be, up to a constant. H are the second moments of its data, v* the best reals.
class Quadratic {
 public:
  /// `moments`: n * n, symmetric. A small multiple of the mean moment is added to the diagonal, which pulls what the
  /// samples do not determine towards `prior` in best().
  Quadratic(std::vector<double> moments, std::size_t size);

  std::size_t size() const { return size_; }
  /// The reals that are best where `cross` are the moments of the data with what the result should be.
  std::vector<double> best(std::span<const double> cross, std::span<const double> prior) const;
  /// H x.
  std::vector<double> times(std::span<const double> x) const;
  const double* row(std::size_t i) const { return moments_.data() + i * size_; }
  /// Of weight i with itself.
  double moment(std::size_t i) const { return diagonal_[i]; }
  const double* factor_row(std::size_t i) const { return factor_.data() + i * size_; }
  /// The order in which weights are rounded: those that weigh most first.
  const std::vector<std::size_t>& order() const { return order_; }

 private:
  std::size_t size_;
  double damping_;
  std::vector<double> moments_;
  std::vector<double> diagonal_;
  std::vector<std::size_t> order_;
  std::vector<double> factor_;  ///< lower triangular L with L L' = H, rows and columns in reverse `order_`
};

struct RoundedChannel {
  std::vector<int> integers;
  double scale = 1.0;
  double error = 0.0;  ///< of the quadratic form
};

struct RoundingLimits {
  int largest;         ///< integers lie in [-largest, largest]
  double scale;        ///< at which the largest weight just fits
  double least_scale;  ///< as a share of `scale`: how much finer steps may be; 1: the scale is given
};

/// The best integers and the best scale that a search finds: each weight is rounded in the light of the errors of those
/// before it (Babai's nearest plane, in Frantar et al.'s GPTQ, 2022, arXiv:2210.17323, for weights), then single
/// weights and the scale change in turn as long as that makes the error less.
RoundedChannel round_channel(const Quadratic& quadratic, std::span<const double> best, const RoundingLimits& limits);

}  // namespace netfit::quant
