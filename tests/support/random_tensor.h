// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tensor/random_tensor.h"

namespace netfit::support {
using tensor::random_tensor;
}
