// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "support/graph_text.h"

// Graphs that more than one real runtime judges.
namespace netfit::support {

/// Operators on 8-bit integers; `input` is added to what the text says of the input, as " layout=channels_first".
inline ir::Graph int8_network(std::string_view input) {
  return graph_of("graph main(%x: i8[1,8,8,4] q(0.03, -3)" + std::string(input) + R"() -> (%y, %z) {
  const @w: i8[4,3,3,4] q(axis=0, [0.02, 0.01, 0.03, 0.015]) = random(1)
  const @b: i32[4] = random(2, -3000, 3000)
  const @v: i8[1,3,3,4] q(axis=3, [0.02, 0.01, 0.03, 0.015]) = random(3)
  const @c: i32[4] = random(4, -3000, 3000)
  const @k: i8[3,4] q(0.02) = random(5)
  %a: q(0.2, -20) = conv2d(%x, @w, @b) stride=2x2 padding=1,0,1,0 activation=relu
  %d: q(0.3, 5) = depthwise_conv2d(%a, @v, @c) padding=1,1,1,1
  %h: q(0.2, -110) = hard_swish(%d)
  %e: q(0.4, 3) = add(%h, %a) activation=relu
  %s: q(0.3, 0) = sub(%e, %d)
  %m: q(1.5, 0) = mul(%s, %e)
  %p = max_pool2d(%m) window=3x3 stride=2x2 padding=1,0,1,0
  %o = concat(%p, %p) axis=1
  %z: q(1.5, 0) = pad(%o) before=[0,1,0,0] after=[0,0,1,0] value=3
  %n: q(1, 0) = mean(%m) axes=[1,2]
  %f: q(0.5, 0) = fully_connected(%n, @k)
  %l: q(0.3, -60) = leaky_relu(%f) alpha=0.2
  %y = softmax(%l)
})");
}

}  // namespace netfit::support
