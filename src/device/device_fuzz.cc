// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "device/core.h"
#include "device/device_file.h"
#include "device/runtime_file.h"

// Any bytes either are a description or fail with one located message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(netfit::device::parse_device(text, "fuzz.toml"));
  static_cast<void>(netfit::device::parse_core(text, "fuzz.toml"));
  static_cast<void>(netfit::device::parse_runtime(text, "fuzz.toml"));
  return 0;
}
