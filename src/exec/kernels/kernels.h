// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "exec/step.h"

// Our own kernels for what the libraries lack, or do by another rule than XNNPACK's.
namespace netfit::exec::kernels {

/// add, sub, mul, div in f32 with any broadcast; add, sub and mul in i8.
Result<std::unique_ptr<Step>> make_binary(const NodeContext& context);
/// The mean over height and width, f32 and i8.
Result<std::unique_ptr<Step>> make_mean(const NodeContext& context);
/// pad, concat and transpose: elements of any type move, none changes.
Result<std::unique_ptr<Step>> make_copy(const NodeContext& context);
/// max_pool2d and average_pool2d in f32 and i8.
Result<std::unique_ptr<Step>> make_pool(const NodeContext& context);
/// relu, relu6, relu_n1_to_1, hard_swish, hard_sigmoid, sigmoid, softmax, batch_norm in f32; the first three also in
/// i8.
Result<std::unique_ptr<Step>> make_pointwise(const NodeContext& context);
/// f32 to i8 or u8 and back, and between i8 and u8 of the same scale.
Result<std::unique_ptr<Step>> make_requantize(const NodeContext& context);

}  // namespace netfit::exec::kernels
