// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace netfit::exec {

/// The vector extensions of this CPU that decide which backend and kernels run: "avx2", "avx512_vnni", ...
std::vector<std::string> cpu_features();

}  // namespace netfit::exec
