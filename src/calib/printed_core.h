// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "device/core.h"

// Cores as tables of measurements print them.
namespace netfit::calib {

/// "cortex-a76", "kryo485-gold (cortex-a76 derivative)" (which counts as cortex-a76), "cortex-a76+cortex-a55" (the
/// first of a mixture). nullptr if it is not known.
const device::Core* find_printed_core(std::string_view printed);

/// The name under which rows of one microarchitecture meet: the core's, or the printed one if it is not known.
std::string canonical_core(std::string_view printed);

/// Whether several kinds of cores worked together, or the scheduler chose.
bool is_mixture(std::string_view printed);

}  // namespace netfit::calib
