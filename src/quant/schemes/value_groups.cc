// SPDX-License-Identifier: Apache-2.0
#include "quant/schemes/value_groups.h"

#include "base/check.h"
#include "quant/schemes/affine_params.h"

namespace netfit::quant {

using ir::ValueId;

void ValueGroups::add(ValueId value, Range range) { groups_[value] = {value, range, std::nullopt}; }

void ValueGroups::add_fixed(ValueId value, QuantParams params) { groups_[value] = {value, {}, std::move(params)}; }

ValueId ValueGroups::root(ValueId value) const {
  ValueId top = value;
  while (groups_.at(top).parent != top) top = groups_.at(top).parent;
  while (groups_.at(value).parent != top) {
    const ValueId next = groups_.at(value).parent;
    groups_.at(value).parent = top;
    value = next;
  }
  return top;
}

void ValueGroups::add_to_group_of(ValueId member, ValueId value, Range range) {
  const ValueId top = root(member);
  groups_[value] = {top, {}, std::nullopt};
  groups_.at(top).range = quant::join(groups_.at(top).range, range);
}

void ValueGroups::join(ValueId a, ValueId b) {
  const ValueId to = root(a);
  const ValueId from = root(b);
  NETFIT_CHECK(groups_.at(to).fixed == groups_.at(from).fixed);
  groups_.at(to).range = quant::join(groups_.at(to).range, groups_.at(from).range);
  groups_.at(from).parent = to;
}

void ValueGroups::widen(ValueId value, Range range) {
  Range& own = groups_.at(root(value)).range;
  own = quant::join(own, range);
}

}  // namespace netfit::quant
