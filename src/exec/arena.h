// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace netfit::exec {

/// A buffer that steps first_step to last_step (inclusive) need.
struct Lifetime {
  std::int64_t bytes = 0;
  int first_step = 0;
  int last_step = 0;
};

struct ArenaPlan {
  /// One for each lifetime, a multiple of 64.
  std::vector<std::int64_t> offsets;
  std::int64_t bytes = 0;
};

/// Places buffers so that those alive at the same time do not overlap, each with 64 bytes to spare behind it.
ArenaPlan plan_arena(const std::vector<Lifetime>& lifetimes);

}  // namespace netfit::exec
