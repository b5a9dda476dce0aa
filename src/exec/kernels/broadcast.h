// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "exec/step.h"

namespace netfit::exec::kernels {

/// How a binary node walks through its operands: in rows, within which each operand either moves by one element or
/// stays. Neighbouring axes that behave alike are merged, so two tensors of one shape are a single row.
struct BroadcastPlan {
  struct Row {
    std::int64_t a;
    std::int64_t b;
  };
  /// Offsets in elements of both operands where each row starts; the result's rows follow one another.
  std::vector<Row> rows;
  std::int64_t row_length = 1;
  std::int64_t step_a = 1;
  std::int64_t step_b = 1;
};

/// For all samples of the batch; constants are the same for each sample.
BroadcastPlan plan_broadcast(const NodeContext& context);

}  // namespace netfit::exec::kernels
