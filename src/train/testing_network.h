// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

#include "ir/parser.h"
#include "train/initialize.h"
#include "train/network.h"

// A network of every role: kernels, a depthwise one, batch norms, a residual sum, a matrix and its bias.
namespace netfit::train {

inline ir::Graph testing_graph() {
  Result<ir::Graph> graph = ir::parse(R"(
graph main(%x: f32[1,8,8,3]) -> (%logits) weights=absent {
  const @stem: f32[4,3,3,3]
  const @stem_scale: f32[4]
  const @stem_shift: f32[4]
  const @stem_mean: f32[4]
  const @stem_variance: f32[4]
  const @depthwise: f32[1,3,3,4]
  const @matrix: f32[4,4]
  const @bias: f32[4]
  %a = conv2d(%x, @stem) stride=2x2 padding=0,1,0,1
  %b = batch_norm(%a, @stem_scale, @stem_shift, @stem_mean, @stem_variance)
  %c = relu6(%b)
  %d = depthwise_conv2d(%c, @depthwise) padding=1,1,1,1
  %e = add(%c, %d)
  %f = mean(%e) axes=[1,2]
  %logits = fully_connected(%f, @matrix, @bias)
}
)");
  if (!graph) throw std::runtime_error(graph.error().text());
  initialize(*graph, 1);
  return *std::move(graph);
}

}  // namespace netfit::train
