// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "base/reading.h"
#include "tensor/dtype.h"

namespace netfit::cost {

/// What an analytic prediction speaks of: the interval around it depends on how well such predictions did.
struct Situation {
  Quantity quantity = Quantity::Latency;
  std::string_view core;     ///< device::Device::core
  std::string_view runtime;  ///< device::Runtime::name
  DType arithmetic = DType::Float32;
  int threads = 1;
  double power_factor = 1.0;  ///< device::Power::factor
};

/// The 90 % interval around a prediction v is [v / below, v * above].
struct Spread {
  double below = 1.0;
  double above = 1.0;
  std::string_view basis;  ///< what the width was judged by, in words
};
Spread spread_of(const Situation& situation);

}  // namespace netfit::cost
