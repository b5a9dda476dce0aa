// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace netfit::ir {

/// Names one value or node of one Graph. Stays valid until that value or node is erased; a default one names nothing
/// and stands for an absent optional input.
template <typename Tag>
struct Id {
  std::int32_t index = -1;

  bool valid() const { return index >= 0; }
  friend auto operator<=>(Id, Id) = default;
};

using ValueId = Id<struct ValueTag>;
using NodeId = Id<struct NodeTag>;

}  // namespace netfit::ir

template <typename Tag>
struct std::hash<netfit::ir::Id<Tag>> {
  std::size_t operator()(netfit::ir::Id<Tag> id) const { return static_cast<std::size_t>(id.index); }
};
