// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unordered_map>

#include "ir/graph.h"
#include "quant/quantize.h"

namespace netfit::quant {

/// Values of one type that must share one pair of parameters, because ops between them only move integers: a union-find
/// over ids, with the joint range of each group.
class ValueGroups {
 public:
  /// A group of one. `fixed` ones have parameters that no range can change.
  void add(ir::ValueId value, Range range);
  void add_fixed(ir::ValueId value, QuantParams params);
  bool contains(ir::ValueId value) const { return groups_.contains(value); }

  /// `value` becomes a member of `member`'s group, whose range grows unless it is fixed.
  void add_to_group_of(ir::ValueId member, ir::ValueId value, Range range);
  bool is_fixed(ir::ValueId value) const { return fixed(value).has_value(); }

  /// Both must be fixed to the same parameters, or neither.
  void join(ir::ValueId a, ir::ValueId b);
  void widen(ir::ValueId value, Range range);

  Range range(ir::ValueId value) const { return groups_.at(root(value)).range; }
  /// The parameters that cannot change, if the group has such.
  std::optional<QuantParams> fixed(ir::ValueId value) const { return groups_.at(root(value)).fixed; }

 private:
  struct Group {
    ir::ValueId parent;
    Range range;
    std::optional<QuantParams> fixed;
  };
  ir::ValueId root(ir::ValueId value) const;

  // Looking up shortens the paths, which changes no answer.
  mutable std::unordered_map<ir::ValueId, Group> groups_;
};

}  // namespace netfit::quant
