// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "store/json_lines.h"

// Any bytes: an error, or Runs whose lines read back as the same Runs.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace netfit::store;
  const auto runs = read_json_lines({reinterpret_cast<const char*>(data), size}, "fuzz");
  if (!runs) return 0;
  const std::string text = write_json_lines(*runs, Times::Keep);
  const auto again = read_json_lines(text, "again");
  NETFIT_CHECK(again.has_value() && write_json_lines(*again, Times::Keep) == text);
  return 0;
}
