// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace netfit::base {

using Bytes = std::vector<std::byte>;

/// The whole file. Fails with the file's name and the system's reason; a folder is not a file.
Result<Bytes> read_file(const std::filesystem::path& path);

/// The whole file as text.
Result<std::string> read_text(const std::filesystem::path& path);

/// Writes through a temporary file beside `path` and a rename, so that a failure leaves no half file and an existing
/// one untouched.
Result<void> write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
Result<void> write_file(const std::filesystem::path& path, std::string_view text);

/// The bytes of a string, without a copy.
std::span<const std::byte> as_bytes(std::string_view text);

}  // namespace netfit::base
