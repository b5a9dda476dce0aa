// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "ir/graph.h"
#include "ir/op_spec.h"

namespace netfit::passes {

/// An axis order: axis i of the result is axis perm[i] of the source.
using Permutation = std::vector<int>;

/// The axis order of a transpose that does nothing else: its result has the source's quantization, moved with the axes.
/// No value for other nodes.
std::optional<Permutation> transposes_only(const ir::NodeView& node);

Permutation inverse(const Permutation& perm);
/// First `first`, then `second`, as one.
Permutation compose(const Permutation& first, const Permutation& second);
bool is_identity(const Permutation& perm);
/// No element moves, because only axes of extent 1 change places: the transpose is a reshape.
bool moves_nothing(const Shape& source, const Permutation& perm);

Shape permute(const Shape& shape, const Permutation& perm);
std::optional<QuantParams> permute(const std::optional<QuantParams>& quant, const Permutation& perm);
ir::Attrs transpose_attrs(const Permutation& perm);
ir::Attrs reshape_attrs(const Shape& shape);

}  // namespace netfit::passes
