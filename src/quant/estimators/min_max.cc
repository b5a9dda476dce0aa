// SPDX-License-Identifier: Apache-2.0
#include "quant/estimators/min_max.h"

#include <algorithm>

namespace netfit::quant {

Range min_max_range(std::span<const Range> samples) {
  if (samples.empty()) return {};
  return {std::ranges::min(samples, {}, &Range::low).low, std::ranges::max(samples, {}, &Range::high).high};
}

}  // namespace netfit::quant
