// SPDX-License-Identifier: Apache-2.0
// The zoo's files come from another program, so they judge the architectures for small images. Paddings may differ:
// PyTorch pads every window on both sides, TensorFlow only where it must.
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "arch/arch.h"
#include "ir/op_spec.h"
#include "ir/ops.h"
#include "whole_networks.h"

namespace netfit::whole_networks {
namespace {

// One line a layer: what it is, its weights, its stride, its result.
std::vector<std::string> layers(const ir::Graph& graph) {
  std::vector<std::string> lines;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    const bool convolves = &node.op() == &ir::kConv2d || &node.op() == &ir::kDepthwiseConv2d;
    const std::int64_t stride = convolves ? node.attrs<ir::Conv2dAttrs>().stride.height : 1;
    const std::string weights = node.input_count() > 1 ? to_string(node.input(1).shape) : "";
    lines.push_back(fmt::format("{} {} / {} -> {}", node.op().name, weights, stride, to_string(node.output().shape)));
  }
  return lines;
}

TEST(ArchZoo, BuildsTheLayersOfTheWideMobileNetV2) {
  const ir::Graph built = must(arch::build("mobilenet_v2_cifar"));
  EXPECT_EQ(layers(built), layers(zoo_network(kLarge)));
}

TEST(ArchZoo, BuildsTheLayersOfTheSmallNetworkFromBlocks) {
  EXPECT_EQ(layers(must(arch::build("blocks"))), layers(zoo_network(kSmall)));
}

}  // namespace
}  // namespace netfit::whole_networks
