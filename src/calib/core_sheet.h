// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace netfit::calib {

/// What a datasheet says of a core, for cores that no row speaks of.
struct CoreSheet {
  std::string_view name;
  double peak_macs = 4.0;  ///< float32 multiply-accumulates a cycle (int8 ones on M profile cores)
  bool out_of_order = false;
  bool dot_product = false;  ///< int8 dot products (Armv8.2 SDOT, or MVE)
  bool float16 = false;      ///< half-precision arithmetic
};

/// The sheet of a core as tables print it: "cortex-a76", "kryo485-gold (cortex-a76 derivative)" (which counts as
/// cortex-a76), "cortex-a76+cortex-a55" (the first of a mixture). nullptr if it is not known.
const CoreSheet* find_core_sheet(std::string_view printed);

/// The name under which rows of one microarchitecture meet: the sheet's, or the printed one if there is none.
std::string canonical_core(std::string_view printed);

/// Whether several kinds of cores worked together, or the scheduler chose.
bool is_mixture(std::string_view printed);

}  // namespace netfit::calib
