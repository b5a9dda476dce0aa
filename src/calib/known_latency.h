// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/reading.h"
#include "calib/calibration.h"
#include "device/device.h"
#include "device/runtime.h"
#include "ir/graph.h"
#include "tensor/dtype.h"

namespace netfit::calib {

/// Whether products of the graph have weights of int8, under whatever data.
bool computes_in_int8(const ir::Graph& graph);

/// The latency of a graph on a described device by the measurements of that device (Device::measured_as) with that
/// runtime and number of threads; no value where there are none. Microcontrollers were measured in int8 alone.
std::optional<Reading> known_latency(const ir::Graph& graph, const device::Device& device,
                                     const device::Runtime& runtime, int threads, std::optional<DType> as_type,
                                     const Calibration& calibration);

}  // namespace netfit::calib
