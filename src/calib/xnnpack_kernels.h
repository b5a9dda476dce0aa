// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cost/count_terms.h"

namespace netfit::calib {

/// What a host's runtime is called in int8 stands behind its name: other kernels, other noise.
inline constexpr std::string_view kHostInt8 = " int8";

/// "litert-avx2" and the like: LiteRT with those of XNNPACK's kernels that a CPU with these features gets.
std::string host_runtime(std::span<const std::string> cpu_features);

/// The kernels behind such a name.
cost::TiledKernels xnnpack_kernels(std::string_view runtime);

}  // namespace netfit::calib
