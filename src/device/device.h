// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tensor/dtype.h"

namespace netfit::device {

enum class MemoryKind : std::uint8_t {
  Ram,
  Flash,  ///< keeps its content; holds code and weights
};

/// A memory that a program's data or code can lie in: "dtcm", "axi-sram", "flash", "dram".
struct MemoryRegion {
  std::string name;
  MemoryKind kind = MemoryKind::Ram;
  std::int64_t bytes = 0;
  double bandwidth_gb_s =
      0.0;  ///< sustained sequential read by all cores together, at the device's clock; 10^9 bytes/s
  double core_bandwidth_gb_s = 0.0;  ///< the part that one core alone can use
  double bytes_per_cycle = 0.0;      ///< the bandwidth where it follows the clock (memory on the chip); else 0
  double picojoules_per_byte = 0.0;  ///< that one byte read from it costs; 0 where nobody says
  bool cached = true;                ///< read through the caches; tightly coupled memory is not
};

struct Cache {
  std::string name;  ///< "l1d", "l2", ...
  std::int64_t bytes = 0;
  std::int64_t line_bytes = 0;
  double bytes_per_cycle = 0.0;      ///< sustained read by one core
  int shared_by = 1;                 ///< cores
  int ways = 0;                      ///< lines of one set: associativity; 0 where nobody says
  double picojoules_per_byte = 0.0;  ///< that one byte read from it costs; 0 where nobody says

  std::int64_t set_count() const { return bytes / (line_bytes * ways); }
};

/// What one core can do at best in one cycle.
struct Simd {
  std::int64_t bits = 0;                           ///< of a vector register; 32 for the DSP extension of ARMv7E-M
  std::map<tensor::DType, double> macs_per_cycle;  ///< Float32, Float16, Int8: peak multiply-accumulates
};

/// Electrical power of what the energy figure speaks of (`scope`), e.g. the supply of the microcontroller alone, at the
/// device's clock.
struct Power {
  std::string scope;
  double active_mw = 0.0;            ///< one core computing, all else included
  double per_further_core_mw = 0.0;  ///< what each further busy core adds
  double idle_mw = 0.0;              ///< between two inferences
  double factor = 1.0;               ///< the truth lies in [figure / factor, figure * factor] nine times out of ten
};

/// Hardware: a board or core at a clock (devices/<name>.toml).
struct Device {
  std::string name;   ///< "stm32h747"
  std::string title;  ///< "STM32H747I-DISCO"
  std::string core;   ///< "cortex-m7"
  std::string isa;    ///< "armv7e-m", "armv8.2-a"
  double clock_mhz = 0.0;
  double max_clock_mhz = 0.0;  ///< what "@480MHz" may ask for at most
  int cores = 1;
  Simd simd;
  std::vector<Cache> caches;          ///< nearest to the core first
  std::vector<MemoryRegion> regions;  ///< fastest first
  Power power;
  std::string default_runtime;       ///< name of a Runtime
  std::vector<std::string> aliases;  ///< names that mean this device
  /// What tables of measurements call it ("stm32h747i-disco/cortex-m7@400"), at the clock behind the '@'.
  std::vector<std::string> measured_as;
  std::string remark;  ///< what every answer must say, e.g. that it stands in for another core; may be empty
  std::string hash;    ///< of the description with its clock, for store::DeviceRef
};

}  // namespace netfit::device
