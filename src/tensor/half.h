// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/dtype.h"

namespace netfit::tensor {

/// Exact.
float to_float(Half half);

/// Nearest half, ties to even; overflow becomes infinity; a NaN stays one, with the upper bits of its payload.
Half to_half(float value);

}  // namespace netfit::tensor
