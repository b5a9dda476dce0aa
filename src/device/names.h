// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "tensor/dtype.h"

namespace netfit::device {

/// Names of devices, runtimes, cores and memories: 1 to 64 of a-z, 0-9, '.', '-', '_', beginning with a letter or
/// digit, so that a name is never a path.
bool is_name(std::string_view text);
inline constexpr std::string_view kNameRule = "which is no name (allowed: up to 64 of a-z, 0-9, '.', '-' and '_')";

/// The types that kernels compute in, by the names that the command line uses for them.
std::optional<DType> find_arithmetic(std::string_view name);
std::string_view arithmetic_name(DType dtype);
inline constexpr std::string_view kArithmeticNames = "float32, float16, int8";

}  // namespace netfit::device
