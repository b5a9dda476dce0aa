// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "device/device.h"
#include "device/table_reader.h"

namespace netfit::device {

/// The device that the text of a .toml file describes, at the clock that it names. Fails with everything that is
/// missing, contradictory or implausible at once, each at "`file`:line:column".
Result<Device> parse_device(std::string_view text, const std::string& file);

/// The same in two steps, for further checks of the file: what could be read, beside its faults.
Device read_device(const TomlNode& root, FileFaults& faults);

/// The same device at another clock. What is given per cycle keeps its cycles; the bandwidth of memories that are given
/// in bytes a cycle follows the clock, that of the others (DRAM) does not; of the power, what lies above idle follows.
Result<Device> at_clock(const Device& device, double clock_mhz);

}  // namespace netfit::device
