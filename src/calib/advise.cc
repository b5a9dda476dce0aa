// SPDX-License-Identifier: Apache-2.0
#include "calib/advise.h"

#include <algorithm>

namespace netfit::calib {
namespace {

// Standard deviations of logarithms: of a board's scale, of a group on it, and of one latency around its prediction.
constexpr double kScale = 0.32;
constexpr double kGroup = 0.2;
constexpr double kNoise = 0.08;
constexpr std::size_t kUnknowns = 1 + cost::kTermGroupCount;

using Vector = std::array<double, kUnknowns>;
using Matrix = std::array<Vector, kUnknowns>;

Vector loadings(const GroupShares& shares) {
  Vector vector{1.0};
  std::ranges::copy(shares, vector.begin() + 1);
  return vector;
}

Vector product(const Matrix& matrix, const Vector& vector) {
  Vector result{};
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    for (std::size_t j = 0; j < kUnknowns; ++j) result[i] += matrix[i][j] * vector[j];
  }
  return result;
}

double dot(const Vector& a, const Vector& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < kUnknowns; ++i) sum += a[i] * b[i];
  return sum;
}

Matrix prior() {
  Matrix covariance{};
  covariance[0][0] = kScale * kScale;
  for (std::size_t i = 1; i < kUnknowns; ++i) covariance[i][i] = kGroup * kGroup;
  return covariance;
}

// The covariance after one more network is measured.
Matrix observe(const Matrix& covariance, const Vector& network) {
  const Vector gain = product(covariance, network);
  const double variance = dot(network, gain) + kNoise * kNoise;
  Matrix result = covariance;
  for (std::size_t i = 0; i < kUnknowns; ++i) {
    for (std::size_t j = 0; j < kUnknowns; ++j) result[i][j] -= gain[i] * gain[j] / variance;
  }
  return result;
}

double total_variance(const Matrix& covariance, const std::vector<Vector>& networks) {
  double sum = 0.0;
  for (const Vector& network : networks) sum += dot(network, product(covariance, network));
  return sum;
}

}  // namespace

GroupShares group_shares(const cost::TermCounts& counts, const CycleTable& cycles) {
  GroupShares shares{};
  double all = 0.0;
  for (std::size_t k = 0; k < cost::kTermCount; ++k) {
    const double part = counts.counts[k] * cycles[k];
    shares[static_cast<std::size_t>(spec_of(static_cast<cost::Term>(k)).group)] += part;
    all += part;
  }
  if (all > 0) {
    for (double& share : shares) share /= all;
  }
  return shares;
}

std::vector<std::size_t> choose_networks(std::span<const GroupShares> networks, std::span<const std::size_t> measured,
                                         std::size_t count) {
  std::vector<Vector> vectors;
  for (const GroupShares& shares : networks) vectors.push_back(loadings(shares));
  std::vector<bool> taken(networks.size(), false);
  Matrix covariance = prior();
  for (const std::size_t i : measured) {
    covariance = observe(covariance, vectors[i]);
    taken[i] = true;
  }
  std::vector<std::size_t> chosen;
  while (chosen.size() < std::min(count, networks.size() - measured.size())) {
    std::size_t best = networks.size();
    double least = 0.0;
    for (std::size_t i = 0; i < networks.size(); ++i) {
      if (taken[i]) continue;
      const double variance = total_variance(observe(covariance, vectors[i]), vectors);
      if (best == networks.size() || variance < least) {
        best = i;
        least = variance;
      }
    }
    covariance = observe(covariance, vectors[best]);
    taken[best] = true;
    chosen.push_back(best);
  }
  return chosen;
}

}  // namespace netfit::calib
