// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "cost/estimate.h"
#include "device/device.h"

namespace netfit::cost {

/// Where the energy of an estimate with memory use goes: the idle power over its latency, each level of the memory at
/// its price of a byte, and computing, which is what remains. Empty without an energy or where no level has a price.
std::vector<EnergyPart> split_energy(const Estimate& estimate, const device::Device& device);

}  // namespace netfit::cost
