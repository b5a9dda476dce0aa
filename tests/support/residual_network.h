// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace netfit::support {

/// A residual group of three layers, an expansion with a depthwise behind, and a head.
inline constexpr std::string_view kResidualNetwork = R"(
graph main(%x: f32[1,6,6,3]) -> (%y) {
  const @stem_w: f32[4,3,3,3] = random(1)
  const @expand_w: f32[8,1,1,4] = random(2)
  const @expand_b: f32[8] = random(3)
  const @depthwise_w: f32[1,3,3,8] = random(4)
  const @project_w: f32[4,1,1,8] = random(5)
  const @project_b: f32[4] = random(6)
  const @head_w: f32[5,4] = random(7)
  %stem = conv2d(%x, @stem_w) padding=1,1,1,1
  %expand = conv2d(%stem, @expand_w, @expand_b) activation=relu
  %depthwise = depthwise_conv2d(%expand, @depthwise_w) padding=1,1,1,1 activation=relu
  %project = conv2d(%depthwise, @project_w, @project_b)
  %sum = add(%stem, %project)
  %pooled = max_pool2d(%sum) window=2x2 stride=2x2
  %mean = mean(%pooled) axes=[1,2]
  %y = fully_connected(%mean, @head_w)
})";

}  // namespace netfit::support
