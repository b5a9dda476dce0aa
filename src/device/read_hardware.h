// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "device/device.h"
#include "device/table_reader.h"

// What descriptions of devices and of cores have in common.
namespace netfit::device {

inline constexpr Range kCount{1, 1024};

template <typename T, typename U>
void assign(T& field, const std::optional<U>& read) {
  if (read) field = static_cast<T>(*read);
}

void read_name(TableReader& reader, std::string_view key, std::string& field);

/// The table [simd].
void read_simd(TableReader simd, Simd& into);

/// [[cache]], which may be missing, and [[memory]]. Bandwidths that are given in bytes a cycle are those at the
/// device's clock; caches may not be shared by more than its cores.
void read_memory(TableReader& root, Device& device);

/// Gives memories whose bandwidth is one in bytes a cycle that of the clock.
void follow_clock(std::vector<MemoryRegion>& regions, double clock_mhz);

}  // namespace netfit::device
