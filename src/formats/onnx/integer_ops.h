// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/op_spec.h"

namespace netfit::formats::onnx {

/// The op only moves elements, so that it does the same to integers of any meaning.
bool only_moves(const ir::OpSpec* op);

bool has_weights(const ir::OpSpec* op);

/// The attributes of an op that fuses activations, with this one.
ir::Attrs with_activation(const ir::Attrs& attrs, ir::Activation activation);

}  // namespace netfit::formats::onnx
