// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "device/device.h"

namespace netfit::device {

/// What is known of a processor core, and of the memory that boards with it usually have (cores/<name>.toml, which the
/// program carries): for boards that are known by their measurements alone.
struct Core {
  std::string name;                  ///< "cortex-a76"
  std::string title;                 ///< "Arm Cortex-A76"
  std::string isa;                   ///< "armv8.2-a"
  std::vector<std::string> aliases;  ///< derived cores that are taken for it: "kryo485-gold"
  bool out_of_order = false;
  bool dot_product = false;  ///< int8 dot products (Armv8.2 SDOT, or Helium)
  Simd simd;
  std::vector<Cache> caches;
  std::vector<MemoryRegion> regions;

  bool has_halves() const { return simd.macs_per_cycle.contains(DType::Float16); }
  /// float32 multiply-accumulates a cycle; int8 ones of cores that are programmed in integers (M profile).
  double peak_macs() const;
};

/// The core of that name or alias; nullptr if the program carries none.
const Core* find_core(std::string_view name);

/// All of them, sorted by name.
const std::vector<Core>& cores();

/// One description; fails with every fault, as parse_device does.
Result<Core> parse_core(std::string_view text, const std::string& file);

}  // namespace netfit::device
