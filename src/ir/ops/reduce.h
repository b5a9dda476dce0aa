// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/op_spec.h"

namespace netfit::ir {

/// Axes count from 0, ascending, each once; the batch (axis 0) stays.
struct ReduceAttrs {
  std::vector<std::int64_t> axes;
  bool keep_dims = false;

  static constexpr auto fields() {
    return std::tuple{Field{"axes", &ReduceAttrs::axes}, Field{"keep_dims", &ReduceAttrs::keep_dims}};
  }
};

extern const OpSpec kMean;

}  // namespace netfit::ir
