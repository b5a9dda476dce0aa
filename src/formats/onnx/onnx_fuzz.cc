// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "base/check.h"
#include "formats/onnx/onnx.h"

// Whatever the bytes, reading ends with a graph or an error, and what was read can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace netfit::formats;
  const auto graph = onnx::read({reinterpret_cast<const std::byte*>(data), size});
  if (!graph) return 0;
  const auto bytes = onnx::write(*graph);
  if (bytes) NETFIT_CHECK(onnx::read(*bytes).has_value());
  return 0;
}
