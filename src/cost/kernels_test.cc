// SPDX-License-Identifier: Apache-2.0
#include "cost/kernels.h"

#include <string>

#include <gtest/gtest.h>

#include "cost/memory_plan.h"
#include "cost/test_devices.h"
#include "ir/op_spec.h"
#include "support/graph_text.h"

namespace netfit::cost {
namespace {

using device::KernelClass;
using support::graph_of;

// "conv:conv2d c" for each kernel: its class, and the node that does the work.
std::string listed(std::string_view text, const Typing& typing = {}) {
  const ir::Graph graph = graph_of(text);
  std::string result;
  for (const Kernel& kernel : list_kernels(graph, plain_runtime(), typing)) {
    result += std::string(result.empty() ? "" : ", ") + std::string(name(kernel.kind)) + ":" +
              ir::describe(ir::NodeView(graph, graph.node(kernel.node)));
  }
  return result;
}

TEST(ListKernels, FusesPadBatchNormAndActivationIntoAConvolution) {
  EXPECT_EQ(listed(R"(graph main(%x: f32[1,4,4,3]) -> (%y) {
    const @w: f32[8,3,3,3] = random(1)
    const @s: f32[8] = random(2)
    %p = pad(%x) before=[0,1,1,0] after=[0,1,1,0] value=0
    %c = conv2d(%p, @w)
    %n = batch_norm(%c, @s, @s, @s, @s)
    %y = relu6(%n)
  })"),
            "stem:conv2d 'c'");
}

TEST(ListKernels, KeepsWhatTheRuntimeDoesNotFuse) {
  EXPECT_EQ(listed(R"(graph main(%x: f32[1,4,4,8]) -> (%y, %c) {
    const @w: f32[8,3,3,8] = random(1)
    %c = conv2d(%x, @w) padding=1,1,1,1
    %r = relu(%c)
    %d = conv2d(%r, @w) padding=1,1,1,1
    %h = hard_swish(%d)
    %m = max_pool2d(%h) window=2x2 stride=2x2
    %y = relu(%m)
  })"),
            "conv:conv2d 'c', elementwise:relu 'r', conv:conv2d 'd', elementwise:hard_swish 'h', pool:max_pool2d 'm', "
            "elementwise:relu 'y'");
}

TEST(ListKernels, KeepsAPadThatSomebodyElseReadsToo) {
  EXPECT_EQ(listed(R"(graph main(%x: f32[1,4,4,8]) -> (%y, %z) {
    const @w: f32[8,3,3,8] = random(1)
    %p = pad(%x) before=[0,1,1,0] after=[0,1,1,0] value=0
    %y = conv2d(%p, @w)
    %z = relu(%p)
  })"),
            "movement:pad 'p', conv:conv2d 'y', elementwise:relu 'z'");
}

TEST(ListKernels, TellsTheClassesOfConvolutions) {
  EXPECT_EQ(listed(R"(graph main(%x: f32[1,4,4,8]) -> (%y) {
    const @point: f32[8,1,1,8] = random(1)
    const @grouped: f32[8,3,3,4] = random(2)
    const @depth: f32[8,3,3,1] = random(3)
    const @deep: f32[1,3,3,8] = random(3)
    const @matrix: f32[5,8] = random(4)
    %a = conv2d(%x, @point)
    %b = conv2d(%a, @grouped) padding=1,1,1,1
    %c = conv2d(%b, @depth) padding=1,1,1,1
    %d = depthwise_conv2d(%c, @deep) padding=1,1,1,1
    %e = average_pool2d(%d) window=4x4
    %f = conv2d(%e, @point)
    %g = reshape(%f) shape=[1,8]
    %h = fully_connected(%g, @matrix)
    %y = softmax(%h)
  })"),
            "conv1x1:conv2d 'a', grouped:conv2d 'b', depthwise:conv2d 'c', depthwise:depthwise_conv2d 'd', "
            "pool:average_pool2d 'e', fully_connected:conv2d 'f', fully_connected:fully_connected 'h', "
            "transcendental:softmax 'y'");
}

constexpr std::string_view kConv = R"(graph main(%x: f32[1,4,4,8]) -> (%y) {
  const @w: f32[16,3,3,8] = random(1)
  const @b: f32[16] = random(2)
  %p = pad(%x) before=[0,1,1,0] after=[0,1,1,0] value=0
  %c = conv2d(%p, @w, @b)
  %y = relu(%c)
})";

TEST(ListKernels, CountsMacsAndBytes) {
  const ir::Graph graph = graph_of(kConv);
  const std::vector<Kernel> kernels = list_kernels(graph, plain_runtime(), {});
  ASSERT_EQ(kernels.size(), 1U);
  EXPECT_EQ(kernels[0].macs, 4 * 4 * 16 * 72);
  EXPECT_EQ(kernels[0].operations, kernels[0].macs);
  EXPECT_EQ(kernels[0].channels, 16);
  EXPECT_EQ(kernels[0].weight_bytes, 4 * (16 * 72 + 16));
  EXPECT_EQ(kernels[0].activation_bytes, 4 * (128 + 256)) << "the padded copy is never made";
  EXPECT_EQ(weight_bytes(graph, {}), kernels[0].weight_bytes);
}

TEST(ListKernels, CostsAFloatGraphAsInt8) {
  const ir::Graph graph = graph_of(kConv);
  const Typing int8{.as_type = DType::Int8};
  const Kernel kernel = list_kernels(graph, plain_runtime(), int8).front();
  EXPECT_EQ(kernel.arithmetic, DType::Int8);
  EXPECT_EQ(kernel.weight_bytes, 16 * 72 + 16 * 4 + 16 * 4) << "weights, bias, scales";
  EXPECT_EQ(kernel.activation_bytes, 128 + 256);
}

TEST(ListKernels, ComputesInHalvesWhereTheRuntimeDoes) {
  const Kernel kernel = list_kernels(graph_of(kConv), plain_runtime(), {.float32_as_float16 = true}).front();
  EXPECT_EQ(kernel.arithmetic, DType::Float16);
  EXPECT_EQ(kernel.activation_bytes, 2 * (128 + 256));
}

TEST(ListKernels, CountsTheScalesOfIntegerWeights) {
  const ir::Graph graph = graph_of(R"(graph main(%x: i8[1,4] q(0.1, 0)) -> (%y) {
    const @w: i8[2,4] q(axis=0, [0.5, 0.25]) = random(1)
    %y: q(0.1, 0) = fully_connected(%x, @w)
  })");
  EXPECT_EQ(weight_bytes(graph, {}), 8 + 2 * 4);
}

TEST(ListKernels, CountsAConstantThatTwoNodesReadOnce) {
  const ir::Graph graph = graph_of(R"(graph main(%x: f32[1,4]) -> (%y) {
    const @w: f32[4,4] = random(1)
    %a = fully_connected(%x, @w)
    %y = fully_connected(%a, @w)
  })");
  EXPECT_EQ(weight_bytes(graph, {}), 64);
}

TEST(ListKernels, CostsWhatOnlyHasAStructure) {
  EXPECT_EQ(listed(R"(graph main(%x: f32[1,4,4,8]) -> (%y) weights=absent {
    %a = opaque(%x) kind=lrn shape=[1,4,4,8] macs=0
    %b = opaque(%a) kind=gemm shape=[1,4,4,8] macs=1000
    %y = opaque(%b) kind=shuffle shape=[1,4,4,8] macs=0
  })"),
            "transcendental:opaque 'a', matmul:opaque 'b', movement:opaque 'y'");
}

TEST(ListKernels, LeavesWhatLoadingComputesOutOfTheRun) {
  constexpr std::string_view kWidened = R"(graph main(%x: f32[1,4]) -> (%y) {
    const @w: f16[8,4] = fill(0)
    %wide = requantize(@w) to=f32
    %y = fully_connected(%x, %wide)
  })";
  const ir::Graph graph = graph_of(kWidened);
  EXPECT_EQ(listed(kWidened), "fully_connected:fully_connected 'y'");
  EXPECT_EQ(weight_bytes(graph, {}), 64);
  EXPECT_EQ(loaded_weight_bytes(graph, {}), 128);
  EXPECT_EQ(list_kernels(graph, plain_runtime(), {}).front().weight_bytes, 128);
  EXPECT_EQ(plan_memory(graph, {}).arena_bytes, 16 + 32) << "the widened weights are no activation";
}

TEST(ListKernels, SurvivesAPoolOfHostileSize) {
  const ir::Graph graph = graph_of(R"(graph main(%x: f32[1,1,1,1]) -> (%y) {
    %y = max_pool2d(%x) window=1048576x1048576 padding=1000000,1000000,500000,550000
  })");
  EXPECT_GT(list_kernels(graph, plain_runtime(), {}).front().operations, std::int64_t{1} << 60);
}

}  // namespace
}  // namespace netfit::cost
