// SPDX-License-Identifier: Apache-2.0
#include <cstdint>

#include "base/check.h"
#include "formats/ncnn/ncnn.h"
#include "ir/verifier.h"

// Whatever the bytes, reading ends with a valid graph or an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace netfit;
  const auto graph = formats::ncnn::read({reinterpret_cast<const std::byte*>(data), size});
  if (graph) NETFIT_CHECK(ir::verify(*graph).has_value());
  return 0;
}
