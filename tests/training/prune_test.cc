// SPDX-License-Identifier: Apache-2.0
// Pruned networks where they are used: in the interpreter, as files in LiteRT, and in training.
#include "train/pruning/prune.h"

#include <cmath>

#include <gtest/gtest.h>

#include "ir/ops.h"
#include "passes/layer_channels.h"
#include "passes/layer_parameters.h"
#include "random_weights.h"
#include "support/random_tensor.h"
#include "train/pruning/graph_size.h"
#include "train/pruning/remove_channels.h"
#include "whole_networks.h"

namespace netfit::whole_networks {
namespace {

using passes::ChannelStrands;
using passes::Strand;
using passes::StrandUse;

constexpr const char* kNetworks[] = {"mobilenet_v2_cifar:alpha=0.25", "mobilenet_v3_cifar:alpha=0.35",
                                     "resnet_v1_cifar", "squeezenet:resolution=64"};

// Every third free strand.
std::vector<bool> every_third(const ChannelStrands& strands) {
  std::vector<bool> chosen(strands.count(), false);
  for (const passes::ChannelGroup& group : strands.groups()) {
    for (std::size_t i = 0; i < group.strands.size(); i += 3) chosen[group.strands[i]] = true;
  }
  return chosen;
}

// All weights of ordinary layers that read a strand become zero.
void silence(ir::Graph& graph, const ChannelStrands& strands, const std::vector<bool>& silent) {
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (!passes::has_constant_parameters(node) || &node.op() == &ir::kDepthwiseConv2d) continue;
    const std::span<const Strand> data = strands.of(node.node().inputs[0]);
    Tensor weights = *node.input(1).constant;
    const std::span<float> elements = weights.mutable_data<float>();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      if (silent[data[passes::channels_of(node, i).input]]) elements[i] = 0;
    }
    graph.value(node.node().inputs[1]).constant = std::move(weights);
  }
}

Tensor random_input(const ir::Graph& graph) {
  return support::random_tensor(3, DType::Float32, graph.value(graph.inputs[0].value).shape.with_dim(0, 2));
}

Tensor outputs_of(const ir::Graph& graph, const Tensor& input) {
  return first_output(*must(interp::create_interpreter(graph, {.threads = 1})), input);
}

class Pruned : public ::testing::TestWithParam<const char*> {};

TEST_P(Pruned, WithoutSilentChannelsComputesTheSameToTheBit) {
  ir::Graph graph = with_random_weights(GetParam());
  const ChannelStrands strands(graph, StrandUse::Remove);
  const std::vector<bool> silent = every_third(strands);
  silence(graph, strands, silent);
  const ir::Graph pruned = train::remove_channels(graph, strands, silent);
  EXPECT_LT(train::count_macs(pruned), 0.7 * static_cast<double>(train::count_macs(graph)));
  const Tensor input = random_input(graph);
  EXPECT_EQ(outputs_of(pruned, input), outputs_of(graph, input));
}

TEST_P(Pruned, RunsInLiteRTWithTheShapesThatWerePromised) {
  if (const auto library = exec::find_litert(support::site_packages()); !library)
    GTEST_SKIP() << library.error().text();
  const ir::Graph graph = with_random_weights(GetParam());
  train::PruningRequest request{.graph = graph, .criterion = train::PruningCriterion::Magnitude};
  request.target.allowed = 0.5 * static_cast<double>(train::count_macs(graph));
  request.target.cost = [](const ir::Graph& g) -> Result<double> { return static_cast<double>(train::count_macs(g)); };
  const ir::Graph pruned = must(train::prune_channels(request, base::no_progress()));
  EXPECT_LE(static_cast<double>(train::count_macs(pruned)), request.target.allowed);
  for (const ir::NodeId id : pruned.order()) {
    const ir::ValueId result = pruned.node(id).outputs.front();
    const std::int64_t now = pruned.value(result).shape.dim(-1);
    EXPECT_TRUE(now == graph.value(result).shape.dim(-1) || now % 8 == 0) << pruned.value(result).name << ' ' << now;
  }
  const ModelFile file = write(optimized(pruned), ".tflite");
  const Tensor input = random_input(graph);
  const Tensor judged = run_litert(file, exec::LitertKernels::Default, input);
  const Tensor expected = outputs_of(pruned, input);
  ASSERT_EQ(judged.shape(), expected.shape());
  for (std::size_t i = 0; i < judged.data<float>().size(); ++i) {
    const float wanted = expected.data<float>()[i];
    EXPECT_NEAR(judged.data<float>()[i], wanted, 1e-3 * (1 + std::abs(wanted))) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Families, Pruned, ::testing::ValuesIn(kNetworks));

}  // namespace
}  // namespace netfit::whole_networks
