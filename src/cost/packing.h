// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace netfit::cost {

/// Bytes that the steps first_step to last_step (inclusive) need.
struct Block {
  std::int64_t bytes = 0;
  std::int64_t first_step = 0;
  std::int64_t last_step = 0;
};

struct Packing {
  std::vector<std::int64_t> offsets;  ///< one for each block
  std::int64_t bytes = 0;             ///< in all
};

/// Offsets such that blocks that are alive at once do not overlap; stops as soon as `enough` bytes do. Block sizes
/// should be multiples of the alignment; then offsets are, too.
Packing pack(const std::vector<Block>& blocks, std::int64_t enough);

}  // namespace netfit::cost
