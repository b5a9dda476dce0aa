// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/op_spec.h"

namespace netfit::formats::onnx {

/// Whether an integer node can clamp its own result.
enum class Fuses { No, Activation };

struct IntegerOp {
  const ir::OpSpec* op;
  Fuses fuses;
};

/// How an op computes on integers; nullptr for one that stays float.
const IntegerOp* find_integer_op(const ir::OpSpec* op);

/// The op only moves elements, so that it does the same to integers of any meaning.
bool only_moves(const ir::OpSpec* op);

bool has_weights(const ir::OpSpec* op);

/// The attributes of an op that fuses activations, with this one.
ir::Attrs with_activation(const ir::Attrs& attrs, ir::Activation activation);

}  // namespace netfit::formats::onnx
