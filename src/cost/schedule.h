// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "cost/loop_nest.h"

namespace netfit::cost {

/// A convolution, pool or product as its kernel sees it. Arrays are channels-last, elements of equal size.
struct KernelShape {
  std::int64_t in_height = 1;
  std::int64_t in_width = 1;
  std::int64_t in_channels = 1;
  std::int64_t out_height = 1;
  std::int64_t out_width = 1;
  std::int64_t out_channels = 1;
  std::int64_t kernel_height = 1;
  std::int64_t kernel_width = 1;
  std::int64_t stride = 1;
  std::int64_t pad_top = 0;
  std::int64_t pad_left = 0;
  std::int64_t element_bytes = 4;
};

/// How a runtime blocks its kernels.
struct Tiles {
  std::int64_t pixels = 4;         ///< of the output that a dense convolution computes at a time
  std::int64_t channels = 8;       ///< of the output, likewise
  std::int64_t vector_bytes = 16;  ///< that one load takes
};

/// Dense convolution as an indirect matrix product over packed weights: for each output row, tile of pixels and tile of
/// channels, all taps and input channels (Dukhan, "The Indirect Convolution Algorithm", 2019).
LoopNest convolution_nest(const KernelShape& shape, const Tiles& tiles);
/// Depthwise convolution: for each output pixel and vector of channels, all taps.
LoopNest depthwise_nest(const KernelShape& shape, const Tiles& tiles);
/// The same without weights.
LoopNest pool_nest(const KernelShape& shape, const Tiles& tiles);
/// in_channels to out_channels: for each tile of outputs, all inputs.
LoopNest fully_connected_nest(const KernelShape& shape, const Tiles& tiles);
/// `inputs` arrays of `bytes` each into one.
LoopNest elementwise_nest(std::int64_t inputs, std::int64_t bytes, const Tiles& tiles);

}  // namespace netfit::cost
