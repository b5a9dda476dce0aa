// SPDX-License-Identifier: Apache-2.0
#include "quant/estimators/moving_average.h"

namespace netfit::quant {

Range moving_average_range(std::span<const Range> samples, double past) {
  if (samples.empty()) return {};
  double low = static_cast<double>(samples.front().low);
  double high = static_cast<double>(samples.front().high);
  for (const Range& sample : samples.subspan(1)) {
    low = past * low + (1 - past) * static_cast<double>(sample.low);
    high = past * high + (1 - past) * static_cast<double>(sample.high);
  }
  return {static_cast<float>(low), static_cast<float>(high)};
}

}  // namespace netfit::quant
