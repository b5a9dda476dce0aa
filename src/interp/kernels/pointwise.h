// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <utility>
#include <vector>

#include "interp/kernels/kernel.h"

namespace netfit::interp {

/// result[i] = apply(data[i]).
template <typename In, typename Out = In, typename Apply>
Step pointwise(Apply apply) {
  return [apply = std::move(apply)](std::span<const Tensor> inputs) {
    Tensor result(tensor::dtype_of<Out>(), inputs[0].shape());
    const std::span<const In> in = inputs[0].data<In>();
    const std::span<Out> out = result.mutable_data<Out>();
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = apply(in[i]);
    return result;
  };
}

/// The same through a table of all values that an int8 can have.
template <typename Apply>
Step tabulated(const Apply& apply) {
  std::vector<std::int8_t> table;
  for (int q = std::numeric_limits<std::int8_t>::min(); q <= std::numeric_limits<std::int8_t>::max(); ++q) {
    table.push_back(apply(static_cast<std::int8_t>(q)));
  }
  return pointwise<std::int8_t>([table = std::move(table)](std::int8_t q) {
    return table[static_cast<std::size_t>(q - std::numeric_limits<std::int8_t>::min())];
  });
}

}  // namespace netfit::interp
