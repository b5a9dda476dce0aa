// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"
#include "ir/graph.h"

/// The .param files of ncnn (github.com/Tencent/ncnn): the structure of a network as text; its weights lie in a .bin
/// file beside it, which is not read.
namespace netfit::formats::ncnn {

/// Whether the bytes begin with the magic number of the text form.
bool recognizes(std::span<const std::byte> bytes);

/// The graph of the file, channels-last, with ir::Weights::Absent. One layer is one node, but for layers that cost
/// nothing (Split, Dropout, Noop), which vanish, and activations that our convolutions do not fuse, which become nodes
/// of their own. What the op table cannot express is an opaque node. Lists every unsupported layer at once.
Result<ir::Graph> read(std::span<const std::byte> bytes);

}  // namespace netfit::formats::ncnn
