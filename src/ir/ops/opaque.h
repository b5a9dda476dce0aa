// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "ir/op_spec.h"

namespace netfit::ir {

/// What a file says about an operation that netfit costs but cannot compute. The result has the first input's type.
struct OpaqueAttrs {
  std::string kind;                 ///< what it is, in words of a-z, 0-9 and _: "lrn", "prior_box"
  std::vector<std::int64_t> shape;  ///< of the result
  std::int64_t macs = 0;            ///< of one sample

  static constexpr auto fields() {
    return std::tuple{Field{"kind", &OpaqueAttrs::kind}, Field{"shape", &OpaqueAttrs::shape},
                      Field{"macs", &OpaqueAttrs::macs}};
  }
};

/// Any number of inputs, constants among them. Never executed, quantized or written.
extern const OpSpec kOpaque;

}  // namespace netfit::ir
