// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "select/option.h"

namespace netfit::select {

/// True for top-1; everything else is better when it is less.
bool more_is_better(Quantity quantity);

/// Sorts better values first: the value, negated where more is better.
double cost_of(const Reading& reading);

struct Excluded {
  std::size_t option = 0;  ///< place in the list that was given
  std::string reason;
};

struct Front {
  /// Places in the list that was given; best first in the first objective, then in the second, ..., then by label, key.
  std::vector<std::size_t> members;
  /// Options that lack a Reading of an objective cannot be compared.
  std::vector<Excluded> excluded;
};

/// The options that no other is at least as good as in every objective and better in one. Equal options are all in.
Front pareto_front(std::span<const Option> options, std::span<const Quantity> objectives);

}  // namespace netfit::select
