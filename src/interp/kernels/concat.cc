// SPDX-License-Identifier: Apache-2.0
#include "interp/kernels/concat.h"

#include <cstring>

#include "interp/kernels/affine.h"
#include "ir/ops/shape.h"

namespace netfit::interp {

Result<Step> prepare_concat(const ir::NodeView& node) {
  if (node.input(0).dtype == DType::Int4) return no_kernel(node);
  NETFIT_TRY(expect_same_affine(node));
  const auto axis = static_cast<int>(node.attrs<ir::ConcatAttrs>().axis);
  const ir::Value& output = node.output();
  std::int64_t outer = 1;
  for (int i = 0; i < axis; ++i) outer *= output.shape[i];
  return Step([outer, dtype = output.dtype, shape = output.shape](std::span<const Tensor> inputs) {
    Tensor result(dtype, shape);
    std::byte* out = result.mutable_bytes().data();
    // Everything from the axis inwards lies together, so each input adds one run of bytes for each outer index.
    for (std::int64_t i = 0; i < outer; ++i) {
      for (const Tensor& input : inputs) {
        const std::int64_t run = input.byte_count() / outer;
        if (run > 0) std::memcpy(out, input.bytes().data() + i * run, static_cast<std::size_t>(run));
        out += run;
      }
    }
    return result;
  });
}

}  // namespace netfit::interp
