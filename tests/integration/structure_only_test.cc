// SPDX-License-Identifier: Apache-2.0
// A graph without weights: passes keep it so, and everything that would read its weights refuses it.
#include <gtest/gtest.h>

#include "exec/fast.h"
#include "formats/catalog.h"
#include "interp/interpreter.h"
#include "passes/pipelines.h"
#include "quant/quantize.h"
#include "support/graph_text.h"

namespace netfit {
namespace {

constexpr std::string_view kRefused =
    "has no weights: only its structure is known, which can be inspected and estimated";

ir::Graph structure() {
  return support::graph_of(R"(
    graph net(%x: f32[1,4,4,2]) -> (%y) weights=absent {
      const @w: f32[3,3,3,2]
      const @scale: f32[3]
      %c = conv2d(%x, @w)
      %n = batch_norm(%c, @scale, @scale, @scale, @scale)
      %y = relu(%n)
    })");
}

template <typename T>
std::string fault_of(const Result<T>& result) {
  return result ? "none" : result.error().what();
}

TEST(StructureOnly, IsRefusedByExecutors) {
  EXPECT_EQ(fault_of(interp::create_interpreter(structure(), {.threads = 1})), kRefused);
  EXPECT_EQ(fault_of(exec::create_fast(structure(), {.threads = 1}, interp::make_node_runner())), kRefused);
}

TEST(StructureOnly, IsRefusedByWriters) {
  for (const formats::Format& format : formats::formats()) {
    if (format.writer != nullptr) EXPECT_EQ(fault_of(format.write(structure())), kRefused) << format.name;
  }
}

TEST(StructureOnly, IsRefusedByQuantizers) {
  EXPECT_EQ(fault_of(quant::quantize_int8(structure(), {}, {})), kRefused);
  EXPECT_EQ(fault_of(quant::quantize_float16(structure())), kRefused);
  EXPECT_EQ(fault_of(quant::quantize_dynamic(structure())), kRefused);
}

TEST(StructureOnly, StaysSoThroughPasses) {
  ir::Graph graph = structure();
  ASSERT_TRUE(passes::canonicalize(graph));
  ASSERT_TRUE(passes::optimize(graph));
  EXPECT_EQ(graph.node_count(), 1);
  EXPECT_EQ(graph.weights, ir::Weights::Absent);
}

TEST(StructureOnly, OpaqueNodesAreRefusedByName) {
  const ir::Graph graph = support::graph_of("graph g(%x: f32[1,2]) -> (%y) { %y = opaque(%x) kind=lrn shape=[1,2] }");
  EXPECT_EQ(fault_of(interp::create_interpreter(graph, {.threads = 1})),
            "operation 'lrn' is only costed, nothing computes it");
  for (const formats::Format& format : formats::formats()) {
    if (format.writer == nullptr) continue;
    const Result<base::Bytes> written = format.write(graph);
    ASSERT_FALSE(written) << format.name;
    EXPECT_NE(written.error().text().find("opaque 'y'"), std::string::npos) << written.error().text();
  }
  EXPECT_EQ(fault_of(quant::quantize_int8(graph, {}, {})), "has no int8 form");
}

}  // namespace
}  // namespace netfit
