// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tensor/tensor.h"

namespace netfit::tensor {

/// Floats in [-1, 1); integers over the whole range of their type, i32 and i64 in [-32767, 32767]. The same for the
/// same seed, on every machine.
Tensor random_tensor(std::uint64_t seed, DType dtype, const Shape& shape);

}  // namespace netfit::tensor
