// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes/pass.h"

namespace netfit::passes {

/// Makes a relu, relu6 or relu_n1_to_1 an attribute of the node before it, if that is a convolution, a fully connected
/// layer, a pooling or an arithmetic op.
///
///   %c = conv2d(%x, @w)         %y = conv2d(%x, @w) activation=relu
///   %y = relu(%c)          ->
///
/// Leaves the pair alone if the value between them has another use, or other quantization parameters than the result.
Result<Change> fuse_activation(ir::Graph& graph);

}  // namespace netfit::passes
