// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "ir/hash.h"
#include "ir/parser.h"
#include "ir/printer.h"

// Any bytes: an error, or a graph whose text reads back as the same graph.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto graph = netfit::ir::parse({reinterpret_cast<const char*>(data), size});
  if (!graph) return 0;
  const auto again = netfit::ir::parse(netfit::ir::print(*graph));
  NETFIT_CHECK(again.has_value() && netfit::ir::canonical_hash(*again) == netfit::ir::canonical_hash(*graph));
  return 0;
}
