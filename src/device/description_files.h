// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "device/catalog.h"

namespace netfit::device {

inline constexpr std::string_view kDevicesFolder = "devices";
inline constexpr std::string_view kRuntimesFolder = "runtimes";

/// The descriptions in `folder` of all roots by name; where two roots have the same name, the first root's.
std::map<std::string, std::filesystem::path> list_descriptions(const Roots& roots, std::string_view folder);

/// A spec that means a file rather than a name.
bool is_path(std::string_view spec);

/// The text of a description. Fails on what is no ordinary file and on files larger than any description.
Result<std::string> read_description(const std::filesystem::path& path);

}  // namespace netfit::device
