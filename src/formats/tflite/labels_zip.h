// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/files.h"
#include "base/result.h"

// Files that travel with a .tflite file (its labels) are a zip archive behind the flatbuffer.
namespace netfit::formats::tflite {

/// The text of the member `name` of the archive at the end of `file`.
Result<std::string> read_member(std::span<const std::byte> file, std::string_view name);

/// Appends an archive with the one member `name`, uncompressed and without a date, so that equal texts give equal
/// bytes.
void append_member(base::Bytes& file, std::string_view name, std::string_view text);

}  // namespace netfit::formats::tflite
