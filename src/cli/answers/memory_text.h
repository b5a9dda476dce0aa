// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>

#include <nlohmann/json_fwd.hpp>

#include "cost/estimate.h"
#include "device/device.h"

namespace netfit::cli {

/// What each layer asks of caches and memories, and the parts of the energy; one line that says why where nothing of it
/// is known.
void print_memory_use(std::FILE* out, const cost::Estimate& estimate, const device::Device& device);

/// The levels of one layer; null where they are not known.
nlohmann::ordered_json levels_json(const cost::LayerCost& layer);
nlohmann::ordered_json energy_parts_json(const cost::Estimate& estimate);

}  // namespace netfit::cli
