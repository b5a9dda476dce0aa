// SPDX-License-Identifier: Apache-2.0
#include "eval/agreement.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "eval/accuracy.h"

namespace netfit::eval {
namespace {

// Two infinities of one sign, or two NaNs, do not differ.
double difference(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0.0;
  const double distance = std::abs(a - b);
  return std::isnan(distance) ? std::numeric_limits<double>::infinity() : distance;
}

}  // namespace

std::vector<double> to_reals(const Tensor& tensor, const std::optional<QuantParams>& quant) {
  std::vector<double> reals = tensor::to_doubles(tensor);
  if (!quant) return reals;
  std::size_t inner = 1;
  std::size_t channels = 1;
  if (quant->is_per_channel()) {
    const Shape& shape = tensor.shape();
    channels = static_cast<std::size_t>(shape[quant->axis]);
    for (int axis = quant->axis + 1; axis < shape.rank(); ++axis) inner *= static_cast<std::size_t>(shape[axis]);
  }
  for (std::size_t i = 0; i < reals.size(); ++i) {
    const auto channel = static_cast<std::int64_t>(i / inner % channels);
    reals[i] = static_cast<double>(quant->scale(channel)) * (reals[i] - quant->zero_point(channel));
  }
  return reals;
}

Result<Agreement> compare_outputs(const Tensor& a, const std::optional<QuantParams>& qa, const Tensor& b,
                                  const std::optional<QuantParams>& qb) {
  if (a.shape() != b.shape()) {
    return bad_input(
        fmt::format("outputs have different shapes: {} and {}", to_string(a.shape()), to_string(b.shape())));
  }
  if (a.shape().rank() == 0) return bad_input("outputs have no axis of samples");
  const std::vector<double> reals_a = to_reals(a, qa);
  const std::vector<double> reals_b = to_reals(b, qb);
  Agreement agreement{.samples = a.shape()[0]};
  double signal = 0.0;
  double noise = 0.0;
  for (std::size_t i = 0; i < reals_a.size(); ++i) {
    const double apart = difference(reals_a[i], reals_b[i]);
    agreement.largest_difference = std::max(agreement.largest_difference, apart);
    if (std::isfinite(reals_a[i])) signal += reals_a[i] * reals_a[i];
    noise += apart * apart;
  }
  agreement.sqnr_db = noise == 0.0 ? std::numeric_limits<double>::infinity() : 10.0 * std::log10(signal / noise);
  agreement.top1_percent = percent_equal(top_classes(a), top_classes(b));
  agreement.bit_identical = a == b;
  return agreement;
}

}  // namespace netfit::eval
