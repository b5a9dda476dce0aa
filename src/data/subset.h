// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "data/dataset.h"

namespace netfit::data {

/// `count` samples drawn without replacement, the same for the same seed on every machine, in the data set's order; all
/// of them if there are not more. Data sets are often sorted by class, so the first ones would be one class.
Dataset choose_samples(const Dataset& dataset, std::int64_t count, std::uint64_t seed);

}  // namespace netfit::data
