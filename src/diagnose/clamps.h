// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "diagnose/examination.h"
#include "ir/op_spec.h"

namespace netfit::diagnose {

/// The activation that is fused into a node; no value for ops that have none.
std::optional<ir::Activation> fused_activation(const ir::Node& node);
/// The same node with another one; its op must have the attribute.
void set_activation(ir::Node& node, ir::Activation activation);

/// Real ends of what a value's integers can hold.
struct Ends {
  double low;
  double high;
};
Ends ends_of(const ir::Value& value);

/// Some converters drop a relu or relu6 whose limits are the ends of the integers anyway. `form` has no integers, so it
/// gets the clamp: the one of the reference's layer where the ends agree with it; without a reference a relu where the
/// zero point is the least integer, and a relu6 where the range ends at 6 as well.
void restore_implied_clamps(ir::Graph& form, const ir::Graph& subject, const ir::Graph* reference,
                            const std::vector<LayerPair>& layers);

}  // namespace netfit::diagnose
