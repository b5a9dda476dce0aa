// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "arch/net.h"

namespace netfit::arch {

/// Separable: a depthwise, then a 1x1 convolution (MobileNet). Inverted: a 1x1 convolution that widens, a depthwise,
/// a 1x1 convolution without activation, and the block's input added where it fits (MobileNetV2). Residual: two
/// convolutions and the block's input, in a 1x1 convolution where it does not fit (ResNet).
enum class StageKind { Conv, Separable, Inverted, Residual };

/// Equal blocks in a row.
struct Stage {
  StageKind kind = StageKind::Conv;
  std::int64_t kernel = 3;
  double expansion = 1;  ///< of Inverted: input to widened channels, those rounded by make_divisible
  std::int64_t channels = 0;
  std::int64_t stride = 1;  ///< of the first block; the others have 1
  std::int64_t repeats = 1;
  Function function = Function::Relu6;
  bool excites = false;  ///< of Inverted: squeeze and excitation behind the depthwise convolution

  friend bool operator==(const Stage&, const Stage&) = default;
};

/// The stages one after another. A convolution in front is named stem, one at the end head.
ir::ValueId add_stages(Net& net, ir::ValueId x, std::span<const Stage> stages);

/// The first two strides become 1: what is made for images of 224 pixels then ends in 4 x 4 pixels for one of 32.
std::vector<Stage> for_small_images(std::vector<Stage> stages);

}  // namespace netfit::arch
