// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "data/dataset.h"

namespace netfit::data {

/// `count` samples drawn without replacement, the same for the same seed on every machine, in the data set's order; all
/// of them if there are not more. Data sets are often sorted by class, so the first ones would be one class.
Dataset choose_samples(const Dataset& dataset, std::int64_t count, std::uint64_t seed);

/// Two sets that share no sample.
struct ChosenAndHeldOut {
  Dataset chosen;
  Dataset held_out;
};

/// The samples that choose_samples would choose, and `held_out` of the others.
ChosenAndHeldOut choose_and_hold_out(const Dataset& dataset, std::int64_t count, std::int64_t held_out,
                                     std::uint64_t seed);

}  // namespace netfit::data
