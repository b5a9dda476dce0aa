// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "formats/tflite/tflite.h"
#include "ir/hash.h"
#include "ir/printer.h"
#include "support/graph_text.h"

namespace netfit::formats::tflite {
namespace {

struct RoundTrip {
  const char* name;
  const char* text;
};

class TfliteRoundTrip : public testing::TestWithParam<RoundTrip> {};

TEST_P(TfliteRoundTrip, KeepsTheGraph) {
  const ir::Graph graph = support::graph_of(GetParam().text);
  const Result<base::Bytes> bytes = write(graph);
  ASSERT_TRUE(bytes) << bytes.error().text();
  const Result<ir::Graph> again = read(*bytes);
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(ir::print(*again), ir::print(graph));
  EXPECT_EQ(ir::canonical_hash(*again), ir::canonical_hash(graph));
}

// Constants stand in the order in which nodes read them, as a file holds them.
constexpr RoundTrip kFloat[] = {
    {"Conv2d", R"(graph main(%x: f32[1,5,7,4]) -> (%y) {
      const @w: f32[6,3,3,4] = random(1)
      const @b: f32[6] = random(2)
      %y = conv2d(%x, @w, @b) stride=2x1 activation=relu6
    })"},
    {"Conv2dSamePadding", R"(graph main(%x: f32[1,6,7,4]) -> (%y) {
      const @w: f32[6,3,3,4] = random(1)
      const @b: f32[6] = random(2)
      %y = conv2d(%x, @w, @b) stride=2x2 padding=0,1,1,1
    })"},
    {"Conv2dDilated", R"(graph main(%x: f32[1,9,9,2]) -> (%y) {
      const @w: f32[1,3,3,2] = random(1)
      const @b: f32[1] = random(2)
      %y = conv2d(%x, @w, @b) dilation=2x3 padding=2,2,3,3 activation=relu_n1_to_1
    })"},
    {"Conv2dGrouped", R"(graph main(%x: f32[1,4,4,4]) -> (%y) {
      const @w: f32[6,1,1,2] = random(1)
      const @b: f32[6] = random(2)
      %y = conv2d(%x, @w, @b)
    })"},
    {"DepthwiseConv2d", R"(graph main(%x: f32[1,5,5,3]) -> (%y) {
      const @w: f32[1,3,3,6] = random(1)
      const @b: f32[6] = random(2)
      %y = depthwise_conv2d(%x, @w, @b) padding=1,1,1,1 activation=relu
    })"},
    {"FullyConnected", R"(graph main(%x: f32[1,8]) -> (%y) {
      const @w: f32[3,8] = random(1)
      const @b: f32[3] = random(2)
      %y = fully_connected(%x, @w, @b) activation=relu
    })"},
    {"FullyConnectedKeepsRank", R"(graph main(%x: f32[1,5,8]) -> (%y) {
      const @w: f32[3,8] = random(1)
      %y = fully_connected(%x, @w)
    })"},
    {"Pools", R"(graph main(%x: f32[1,8,8,2]) -> (%a, %m) {
      %a = average_pool2d(%x) window=3x2 stride=2x2 padding=0,1,0,0
      %m = max_pool2d(%x) window=2x2 stride=2x2 activation=relu
    })"},
    {"Arithmetic", R"(graph main(%x: f32[1,4,4,2], %z: f32[1,1,1,2]) -> (%d) {
      const @c: f32[2] = [1, 2]
      %a = add(%x, %z) activation=relu
      %s = sub(%a, @c)
      %m = mul(%s, %a) activation=relu6
      %d = div(%m, @c)
    })"},
    {"Activations", R"(graph main(%x: f32[1,10]) -> (%f) {
      %a = relu(%x)
      %b = relu6(%a)
      %c = relu_n1_to_1(%b)
      %d = hard_swish(%c)
      %e = sigmoid(%d)
      %g = leaky_relu(%e) alpha=-0.3
      %f = softmax(%g) beta=0.5
    })"},
    {"Shapes", R"(graph main(%x: f32[1,2,3,4]) -> (%r) {
      %t = transpose(%x) perm=[0,2,3,1]
      %p = pad(%t) before=[0,1,0,0] after=[0,0,2,0]
      %q = pad(%p) before=[0,0,0,1] after=[0,0,0,0] value=-1.5
      %c = concat(%q, %q) axis=2
      %m = mean(%c) axes=[1,2] keep_dims=true
      %n = mean(%c) axes=[2]
      %j = mul(%m, %n)
      %r = reshape(%j) shape=[1,12]
    })"},
    {"Preprocessing", R"(graph main(%x: f32[1,4,4,3]) -> (%y) {
      preprocess %x scale=0.003921569 mean=[0.4914, 0.4822, 0.4465] std=[0.247, 0.2435, 0.2616] order=bgr
      class_names ["cat", "größer"]
      %m = mean(%x) axes=[1,2]
      %y = softmax(%m)
    })"},
};

constexpr RoundTrip kInteger[] = {
    {"Int8Convolutions", R"(graph main(%x: i8[1,5,5,2] q(0.5, -3)) -> (%y) {
      const @w: i8[4,3,3,2] q(axis=0, [0.25, 0.5, 0.125, 1]) = random(1)
      const @b: i32[4] q(axis=0, [0.125, 0.25, 0.0625, 0.5]) = random(2)
      const @v: i8[1,3,3,4] q(axis=3, [0.25, 0.5, 0.125, 1]) = random(3)
      const @c: i32[4] q(axis=0, [0.25, 0.5, 0.125, 1]) = random(4)
      const @u: i8[3,100] q(0.5) = random(5)
      const @d: i32[3] q(0.25) = random(6)
      %a: q(1, 7) = conv2d(%x, @w, @b) padding=1,1,1,1 activation=relu
      %e: q(0.5, 0) = depthwise_conv2d(%a, @v, @c) padding=1,1,1,1
      %r = reshape(%e) shape=[1,100]
      %y: q(2, -1) = fully_connected(%r, @u, @d)
    })"},
    {"Int8Elementwise", R"(graph main(%x: i8[1,4,4,2] q(0.5, -3)) -> (%s) {
      %a: q(0.25, 1) = add(%x, %x) activation=relu
      %b: q(0.125, 1) = mul(%a, %x)
      %c: q(0.125, 2) = sub(%b, %a)
      %d: q(0.125, 3) = hard_swish(%c)
      %l: q(0.0625, -5) = leaky_relu(%d) alpha=0.2
      %e = max_pool2d(%l) window=2x2 stride=2x2
      %f = average_pool2d(%e) window=2x2
      %p = pad(%f) before=[0,1,0,0] after=[0,0,0,0]
      %q = pad(%p) before=[0,1,0,0] after=[0,0,0,0] value=0.25
      %m: q(0.0625, 0) = mean(%q) axes=[1,2]
      %s = softmax(%m)
    })"},
    {"Precisions", R"(graph main(%x: u8[1,4] q(0.5, 128)) -> (%f, %h) {
      %a: q(0.5, 0) = requantize(%x) to=i8
      %h: q(0.001) = requantize(%a) to=i16
      %f = requantize(%h) to=f32
    })"},
    {"Int16x8", R"(graph main(%x: i16[1,4,4,2] q(0.5)) -> (%s) {
      const @w: i8[3,1,1,2] q(axis=0, [0.25, 0.5, 0.125]) = random(1)
      const @b: i64[3] q(axis=0, [0.125, 0.25, 0.0625]) = random(2)
      %c: q(0.25) = conv2d(%x, @w, @b) activation=relu
      %l: q(0.125) = leaky_relu(%c) alpha=0.2
      %a: q(0.5) = add(%l, %c)
      %m: q(0.5) = mean(%a) axes=[1,2]
      %s = softmax(%m)
    })"},
    {"Int4Weights", R"(graph main(%x: i8[1,4,4,2] q(0.5, -3)) -> (%y) {
      const @w: i4[3,1,1,2] q(axis=0, [0.25, 0.5, 0.125]) = random(1)
      const @b: i32[3] q(axis=0, [0.125, 0.25, 0.0625]) = random(2)
      %y: q(1, 7) = conv2d(%x, @w, @b)
    })"},
};

const auto kCaseName = [](const testing::TestParamInfo<RoundTrip>& row) { return std::string(row.param.name); };
INSTANTIATE_TEST_SUITE_P(Float, TfliteRoundTrip, testing::ValuesIn(kFloat), kCaseName);
INSTANTIATE_TEST_SUITE_P(Integer, TfliteRoundTrip, testing::ValuesIn(kInteger), kCaseName);

TEST(TfliteWriter, GivesTheSameBytesForTheSameGraph) {
  for (const RoundTrip& row : kInteger) {
    EXPECT_EQ(*write(support::graph_of(row.text)), *write(support::graph_of(row.text))) << row.name;
  }
}

}  // namespace
}  // namespace netfit::formats::tflite
