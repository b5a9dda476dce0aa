// SPDX-License-Identifier: Apache-2.0
#include "exec/bytes.h"

namespace netfit::exec {

void copy_flipped(const std::byte* source, std::byte* target, std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) target[i] = source[i] ^ std::byte{0x80};
}

}  // namespace netfit::exec
