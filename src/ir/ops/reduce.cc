// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/reduce.h"

#include <algorithm>

#include <fmt/format.h>

#include "ir/ops/infer.h"

namespace netfit::ir {
namespace {

Result<TensorType> infer_reduce(const NodeView& node) {
  const auto& attrs = node.attrs<ReduceAttrs>();
  const Shape& x = node.input(0).shape;
  std::int64_t last = 0;
  for (const std::int64_t axis : attrs.axes) {
    if (axis <= last || axis >= x.rank()) {
      return bad_input(fmt::format("axes {} are not ascending within 1 to {}", attr_text(attrs.axes), x.rank() - 1));
    }
    if (x[static_cast<int>(axis)] == 0) return bad_input("the mean of no elements does not exist");
    last = axis;
  }
  std::vector<std::int64_t> dims;
  for (int axis = 0; axis < x.rank(); ++axis) {
    const bool reduced = std::ranges::find(attrs.axes, axis) != attrs.axes.end();
    if (!reduced) dims.push_back(x[axis]);
    if (reduced && attrs.keep_dims) dims.push_back(1);
  }
  const DType dtype = NETFIT_TRY(expect_data_type(node));
  Shape shape = NETFIT_TRY(Shape::create(dims));
  return TensorType{dtype, std::move(shape)};
}

std::optional<Attrs> permute_reduce(const NodeView& node, std::span<const int> perm) {
  ReduceAttrs attrs = node.attrs<ReduceAttrs>();
  // Without kept dimensions the result has other axes, which the permutation no longer fits.
  if (!attrs.keep_dims) return std::nullopt;
  for (std::int64_t& axis : attrs.axes) axis = perm[static_cast<std::size_t>(axis)];
  std::ranges::sort(attrs.axes);
  return Attrs::of(std::move(attrs));
}

}  // namespace

constinit const OpSpec kMean{
    .name = "mean",
    .summary = "mean over axes, as in global average pooling",
    .integer = IntegerForm::Computes,
    .codec = kCodec<ReduceAttrs>,
    .infer = &infer_reduce,
    .permuted = &permute_reduce,
};

}  // namespace netfit::ir
