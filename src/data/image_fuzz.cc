// SPDX-License-Identifier: Apache-2.0
#include "data/image.h"

// Any bytes give an image or a fault.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  (void)netfit::data::decode_image(std::as_bytes(std::span(bytes, size)));
  return 0;
}
