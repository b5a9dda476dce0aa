// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/opaque.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "ir/builder.h"
#include "support/graph_text.h"

namespace netfit::ir {
namespace {

std::string fault_of_node(std::string_view node) {
  return support::fault_of(fmt::format("graph g(%x: f32[1,4]) -> (%y) {{\n%y = {}\n}}", node));
}

TEST(Opaque, HasTheShapeThatIsDeclared) {
  const Graph graph = support::graph_of(
      "graph g(%x: f32[1,4]) -> (%y) { const @s: f32[4] = fill(1) %y = opaque(%x, @s) kind=lrn shape=[1,2,2] macs=7 }");
  const NodeView node(graph, graph.node(graph.order().front()));
  EXPECT_EQ(node.output().shape, (Shape{1, 2, 2}));
  EXPECT_EQ(node.attrs<OpaqueAttrs>().kind, "lrn");
}

TEST(Opaque, RefusesWhatNoFileCanMean) {
  const std::string place = "line 2, column 1: error: opaque: ";
  EXPECT_EQ(fault_of_node("opaque(%x) kind=LRN shape=[1]"), place + "kind 'LRN' is not a word of a-z, 0-9 and _");
  EXPECT_EQ(fault_of_node("opaque(%x) shape=[1]"), place + "kind '' is not a word of a-z, 0-9 and _");
  EXPECT_EQ(fault_of_node("opaque(%x) kind=x macs=-1"), place + "macs -1 is not in [0, 1099511627776]");
  EXPECT_EQ(fault_of_node("opaque(%x) kind=x shape=[-1]"), place + "dimension -1 is negative");
  EXPECT_EQ(fault_of_node("opaque() kind=x"), place + "opaque takes 1 to 1048576 inputs, but has 0");
}

TEST(Opaque, CostsWhatItStates) {
  Graph graph;
  Builder builder(graph);
  const ValueId x = builder.input("x", DType::Float32, Shape{1, 8});
  builder.add(kOpaque, {x}, Attrs::of(OpaqueAttrs{"attention", {1, 2}, 123}), "a").value();
  const Work work = count_work(NodeView(graph, graph.node(graph.order().back())));
  EXPECT_EQ(work.macs, 123);
  EXPECT_EQ(work.bytes_read, 32);
  EXPECT_EQ(work.bytes_written, 8);
}

}  // namespace
}  // namespace netfit::ir
