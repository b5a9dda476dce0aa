// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/op_spec.h"

namespace netfit::ir {

struct RequantizeAttrs {
  DType to = DType::Float32;

  static constexpr auto fields() { return std::tuple{Field{"to", &RequantizeAttrs::to}}; }
};

/// The same real numbers in another precision, wherever precision changes: float to integer (quantize), integer to
/// float (dequantize), or between quantization parameters. The parameters are those of the input and output values.
extern const OpSpec kRequantize;

}  // namespace netfit::ir
