// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "device/runtime.h"
#include "device/table_reader.h"

namespace netfit::device {

/// The runtime that the text of a .toml file describes; fails like parse_device.
Result<Runtime> parse_runtime(std::string_view text, const std::string& file);

/// The same in two steps, like read_device.
Runtime read_runtime(const TomlNode& root, FileFaults& faults);

}  // namespace netfit::device
