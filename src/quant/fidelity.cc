// SPDX-License-Identifier: Apache-2.0
#include "quant/fidelity.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/check.h"

namespace netfit::quant {
namespace {

double noise_over_signal(std::span<const float> reference, std::span<const float> output) {
  double signal = 0.0;
  double noise = 0.0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double difference = static_cast<double>(reference[i]) - static_cast<double>(output[i]);
    signal += static_cast<double>(reference[i]) * static_cast<double>(reference[i]);
    noise += difference * difference;
  }
  if (noise == 0.0) return 0.0;
  return signal == 0.0 ? std::numeric_limits<double>::infinity() : noise / signal;
}

std::vector<bool> same_classes(const Tensor& reference, const Tensor& output) {
  const auto samples = static_cast<std::size_t>(reference.shape()[0]);
  const std::size_t classes = samples == 0 ? 0 : static_cast<std::size_t>(reference.element_count()) / samples;
  const auto top = [&](std::span<const float> scores, std::size_t sample) {
    const std::span<const float> own = scores.subspan(sample * classes, classes);
    return std::ranges::max_element(own) - own.begin();
  };
  std::vector<bool> same;
  for (std::size_t i = 0; i < samples; ++i) {
    same.push_back(top(reference.data<float>(), i) == top(output.data<float>(), i));
  }
  return same;
}

}  // namespace

double Fidelity::agreement_percent() const {
  if (agrees.empty()) return 0.0;
  return 100.0 * static_cast<double>(std::ranges::count(agrees, true)) / static_cast<double>(agrees.size());
}

Fidelity compare_outputs(std::span<const Tensor> reference, std::span<const Tensor> outputs) {
  NETFIT_CHECK(!reference.empty() && reference.size() == outputs.size());
  double sum = 0.0;
  for (std::size_t i = 0; i < reference.size(); ++i) {
    NETFIT_CHECK(reference[i].shape() == outputs[i].shape());
    sum += noise_over_signal(reference[i].data<float>(), outputs[i].data<float>());
  }
  Fidelity fidelity{.agrees = same_classes(reference.front(), outputs.front())};
  fidelity.sqnr_db = -10.0 * std::log10(sum / static_cast<double>(reference.size()));
  return fidelity;
}

}  // namespace netfit::quant
