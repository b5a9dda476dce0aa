// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "ir/printer.h"
#include "quant/quantize.h"
#include "support/graph_text.h"
#include "tensor/half.h"

namespace netfit::quant {
namespace {

using support::graph_of;

std::string text_of(std::string_view text) {
  const Result<ir::Graph> half = quantize_float16(graph_of(text));
  return half ? ir::print(*half, ir::Constants::Elided) : half.error().text();
}

TEST(QuantizeFloat16, StoresConstantsAsHalvesUnderOneNodeThatWidensThem) {
  EXPECT_EQ(text_of(R"(graph main(%x: f32[1,4,4,4]) -> (%y) {
    const @w: f32[4,3,3,4] = random(1)
    const @b: f32[4] = random(2)
    %c = conv2d(%x, @w, @b) padding=1,1,1,1
    %y = conv2d(%c, @w) padding=1,1,1,1
  })"),
            R"(graph main(%x: f32[1,4,4,4]) -> (%y) {
  const @w: f16[4,3,3,4] = ...
  const @b: f32[4] = ...
  %w_f32: f32[4,3,3,4] = requantize(@w)
  %c: f32[1,4,4,4] = conv2d(%x, %w_f32, @b) padding=1,1,1,1
  %y: f32[1,4,4,4] = conv2d(%c, %w_f32) padding=1,1,1,1
}
)");
}

TEST(QuantizeFloat16, RoundsToNearest) {
  const ir::Graph graph = graph_of(R"(graph main(%x: f32[1,100]) -> (%y) {
    const @c: f32[100] = random(5, -1, 1)
    %y = mul(%x, @c)
  })");
  const Result<ir::Graph> half = quantize_float16(graph);
  ASSERT_TRUE(half.has_value());
  const Tensor reals = *graph.value(*graph.find_value("c")).constant;
  const Tensor stored = *half->value(*half->find_value("c")).constant;
  for (std::size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(stored.data<tensor::Half>()[i], tensor::to_half(reals.data<float>()[i]));
  }
}

TEST(QuantizeFloat16, LeavesSmallConstantsAndWhatTheGraphGivesAlone) {
  const std::string text = R"(graph main(%x: f32[1,79]) -> (%y, @c) {
  const @c: f32[1,200] = ...
  const @s: f32[79] = ...
  %y: f32[1,79] = mul(%x, @s)
}
)";
  EXPECT_EQ(text_of(R"(graph main(%x: f32[1,79]) -> (%y, @c) {
    const @c: f32[1,200] = random(1)
    const @s: f32[79] = random(2)
    %y = mul(%x, @s)
  })"),
            text);
}

TEST(QuantizeFloat16, NamesEveryConstantThatHalfPrecisionCannotHold) {
  EXPECT_EQ(text_of(R"(graph main(%x: f32[1,100]) -> (%y) {
    const @fits: f32[100] = fill(65519)
    const @large: f32[100] = fill(65520)
    const @infinite: f32[100] = fill(-inf)
    %a = mul(%x, @fits)
    %b = mul(%a, @large)
    %y = mul(%b, @infinite)
  })"),
            "constant 'large': error: element 0 is 65520, half precision holds at most 65504\n"
            "constant 'infinite': error: element 0 is -inf, half precision holds at most 65504");
}

TEST(QuantizeFloat16, RefusesIntegerGraphs) {
  EXPECT_EQ(text_of("graph main(%x: i8[1,4] q(0.1, 0)) -> (%y) { %y: q(0.1, 0) = relu(%x) }"),
            "relu 'y': error: reads 'x', which is i8 already (float16 starts from f32)");
}

TEST(QuantizeFloat16, ChangesNothingTheSecondTime) {
  const ir::Graph graph = graph_of(R"(graph main(%x: f32[1,100]) -> (%y) {
    const @c: f32[100] = random(5)
    %y = mul(%x, @c)
  })");
  const ir::Graph once = *quantize_float16(graph);
  const ir::Graph twice = *quantize_float16(once);
  EXPECT_EQ(twice.node_count(), once.node_count());
  const auto half = [](const ir::Graph& g) { return *g.value(g.node(g.order()[0]).inputs[0]).constant; };
  EXPECT_EQ(half(twice), half(once));
}

}  // namespace
}  // namespace netfit::quant
