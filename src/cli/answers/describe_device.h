// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "device/catalog.h"

// What 'netfit devices' says of a description.
namespace netfit::cli {

/// "512 KiB", "2 MiB", "59.6 GiB".
std::string size_text(std::int64_t bytes);

/// Bytes of all memories of one kind.
std::int64_t total_bytes(const device::Device& device, device::MemoryKind kind);

/// The row of a device in the list.
nlohmann::ordered_json summary_json(const device::FoundDevice& found);

/// Everything, as text with units and as JSON.
std::string describe(const device::FoundDevice& found);
nlohmann::ordered_json describe_json(const device::FoundDevice& found);
std::string describe(const device::FoundRuntime& found);
nlohmann::ordered_json describe_json(const device::FoundRuntime& found);

}  // namespace netfit::cli
