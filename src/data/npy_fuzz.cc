// SPDX-License-Identifier: Apache-2.0
#include "base/check.h"
#include "data/npy.h"

// Any bytes give an array or a fault, and an array survives being printed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto tensor = netfit::data::parse_npy(std::as_bytes(std::span(bytes, size)));
  if (tensor) NETFIT_CHECK(netfit::data::parse_npy(netfit::data::print_npy(*tensor)).value() == *tensor);
  return 0;
}
