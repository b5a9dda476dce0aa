// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace netfit::diagnose {

/// A block of MobileNetV2 with its head: what tests of matching and comparing take apart.
inline constexpr std::string_view kNetwork = R"(
graph main(%x: f32[1,8,8,3]) -> (%y) {
  const @w1: f32[8,3,3,3] = random(1)
  const @b1: f32[8] = random(2)
  const @w2: f32[1,3,3,8] = random(3)
  const @w3: f32[8,1,1,8] = random(4)
  const @w4: f32[10,8] = random(5)
  %a = conv2d(%x, @w1, @b1) padding=1,1,1,1 activation=relu6
  %d = depthwise_conv2d(%a, @w2) padding=1,1,1,1 activation=relu6
  %p = conv2d(%d, @w3)
  %s = add(%a, %p)
  %m = mean(%s) axes=[1,2]
  %y = fully_connected(%m, @w4)
})";

}  // namespace netfit::diagnose
