// SPDX-License-Identifier: Apache-2.0
#include "diagnose/apart.h"

#include <gtest/gtest.h>

#include "ir/printer.h"
#include "ir/verifier.h"
#include "support/graph_text.h"

namespace netfit::diagnose {
namespace {

TEST(TakeApart, GivesEveryNodeItsOwnData) {
  const ir::Graph graph = support::graph_of(R"(
graph main(%x: i8[1,4,4,2] q(0.1)) -> (%y, %s) {
  const @w: i8[2,1,1,2] q(0.1) = random(1)
  %c: i8[1,4,4,2] q(0.2) = conv2d(%x, @w)
  %y: i8[1,4,4,2] q(0.3) = add(%c, %c)
  %s = requantize(%y) to=f32
})");
  const auto value = [&](std::string_view name) { return *graph.find_value(name); };
  const Result<Apart> apart = take_apart(graph, {value("x"), value("c"), value("y")});
  ASSERT_TRUE(apart) << apart.error().text();
  EXPECT_TRUE(ir::verify(apart->graph));
  EXPECT_EQ(apart->inputs, (std::vector{value("x"), value("c")}));
  EXPECT_EQ(apart->outputs, (std::vector{value("c"), value("y")}));
  EXPECT_EQ(ir::print(apart->graph, ir::Constants::Elided),
            R"(graph main(%x_given: f32[1,4,4,2], %c_given: f32[1,4,4,2]) -> (%c, %y) {
  const @w: i8[2,1,1,2] q(0.1, 0) = ...
  %c_stored: i8[1,4,4,2] q(0.2, 0) = requantize(%c_given) to=i8
  %x_stored: i8[1,4,4,2] q(0.1, 0) = requantize(%x_given) to=i8
  %c: i8[1,4,4,2] q(0.2, 0) = conv2d(%x_stored, @w)
  %y: i8[1,4,4,2] q(0.3, 0) = add(%c_stored, %c_stored)
}
)");
}

TEST(TakeApart, LeavesOutNodesWhoseDataAreUnknown) {
  const ir::Graph graph = support::graph_of(R"(
graph main(%x: f32[1,4,4,2]) -> (%y) {
  %a = sigmoid(%x)
  %y = relu(%a)
})");
  const Result<Apart> apart = take_apart(graph, {*graph.find_value("x"), *graph.find_value("y")});
  ASSERT_TRUE(apart);
  EXPECT_TRUE(apart->inputs.empty());
  EXPECT_EQ(apart->graph.node_count(), 0);
}

}  // namespace
}  // namespace netfit::diagnose
