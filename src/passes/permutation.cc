// SPDX-License-Identifier: Apache-2.0
#include "passes/permutation.h"

#include <algorithm>

#include "base/check.h"
#include "ir/ops/shape.h"

namespace netfit::passes {

std::optional<Permutation> transposes_only(const ir::NodeView& node) {
  if (&node.op() != &ir::kTranspose) return std::nullopt;
  Permutation perm;
  for (const std::int64_t axis : node.attrs<ir::TransposeAttrs>().perm) perm.push_back(static_cast<int>(axis));
  if (permute(node.input(0).quant, perm) != node.output().quant) return std::nullopt;
  return perm;
}

Permutation inverse(const Permutation& perm) {
  Permutation result(perm.size());
  for (std::size_t i = 0; i < perm.size(); ++i) result[static_cast<std::size_t>(perm[i])] = static_cast<int>(i);
  return result;
}

Permutation compose(const Permutation& first, const Permutation& second) {
  Permutation result;
  for (const int axis : second) result.push_back(first[static_cast<std::size_t>(axis)]);
  return result;
}

bool is_identity(const Permutation& perm) { return std::ranges::is_sorted(perm); }

bool moves_nothing(const Shape& source, const Permutation& perm) {
  int last = -1;
  for (const int axis : perm) {
    if (source[axis] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

Shape permute(const Shape& shape, const Permutation& perm) {
  std::vector<std::int64_t> dims;
  for (const int axis : perm) dims.push_back(shape[axis]);
  Result<Shape> permuted = Shape::create(dims);
  NETFIT_CHECK(permuted.has_value());
  return *permuted;
}

std::optional<QuantParams> permute(const std::optional<QuantParams>& quant, const Permutation& perm) {
  std::optional<QuantParams> permuted = quant;
  if (permuted && permuted->is_per_channel()) permuted->axis = inverse(perm)[static_cast<std::size_t>(permuted->axis)];
  return permuted;
}

ir::Attrs transpose_attrs(const Permutation& perm) {
  return ir::Attrs::of(ir::TransposeAttrs{.perm = {perm.begin(), perm.end()}});
}

ir::Attrs reshape_attrs(const Shape& shape) {
  return ir::Attrs::of(ir::ReshapeAttrs{.shape = {shape.dims().begin(), shape.dims().end()}});
}

}  // namespace netfit::passes
