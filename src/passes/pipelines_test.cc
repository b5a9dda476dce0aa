// SPDX-License-Identifier: Apache-2.0
#include "passes/pipelines.h"

#include "passes/catalog.h"
#include "passes/pass_testing.h"

namespace netfit::passes {
namespace {

// What an ONNX file of a small residual network becomes at import.
constexpr std::string_view kImported = R"(graph main(%image: f32[1,2,4,4]) -> (%logits) {
    const @w: f32[2,1,1,2] = random(1)
    const @one: f32[2] = [1, 1]
    const @fc: f32[2,3] = random(2)
    %image_last = transpose(%image) perm=[0,2,3,1]
    %c = conv2d(%image_last, @w)
    %c_first = transpose(%c) perm=[0,3,1,2]
    %c_last = transpose(%c_first) perm=[0,2,3,1]
    %n = batch_norm(%c_last, @one, @one, @one, @one)
    %n_first = transpose(%n) perm=[0,3,1,2]
    %r = relu6(%n_first)
    %s = add(%r, %image)
    %m = mean(%s) axes=[2,3]
    %t = transpose(@fc) perm=[1,0]
    %logits = fully_connected(%m, %t)
  })";

TEST(Pipelines, CanonicalizeLeavesNoTransposeAndKeepsBatchNorm) {
  ir::Graph graph = parsed(kImported);
  ASSERT_TRUE(canonicalize(graph));
  const std::string text = text_of(graph);
  EXPECT_EQ(text.find("transpose("), std::string::npos) << text;
  EXPECT_NE(text.find("batch_norm("), std::string::npos) << text;
  EXPECT_NE(text.find("relu6("), std::string::npos) << text;
  EXPECT_NE(text.find("%image: f32[1,4,4,2] layout=channels_first"), std::string::npos) << text;
}

TEST(Pipelines, OptimizeLeavesOneNodePerLayer) {
  ir::Graph graph = parsed(kImported);
  ASSERT_TRUE(canonicalize(graph));
  ASSERT_TRUE(optimize(graph));
  const std::string text = text_of(graph);
  EXPECT_EQ(graph.node_count(), 4) << text;
  EXPECT_NE(text.find("%r: f32[1,4,4,2] = conv2d(%image, @w, @w_bias) activation=relu6"), std::string::npos) << text;
}

TEST(Pipelines, OptimizeButBatchNormLeavesThoseThatOptimizeFoldsIntoTheLayerBefore) {
  ir::Graph kept = parsed(kImported);
  ASSERT_TRUE(canonicalize(kept));
  ASSERT_TRUE(optimize_but_batch_norm(kept));
  EXPECT_NE(text_of(kept).find("batch_norm("), std::string::npos) << text_of(kept);
  ir::Graph folded = kept;
  ASSERT_TRUE(optimize(folded));
  ir::Graph whole = parsed(kImported);
  ASSERT_TRUE(canonicalize(whole));
  ASSERT_TRUE(optimize(whole));
  EXPECT_EQ(text_of(folded), text_of(whole));
  for (const ir::NodeId id : folded.order()) {
    const ir::ValueId result = folded.node(id).outputs.front();
    ASSERT_TRUE(kept.contains(result));
    EXPECT_EQ(kept.value(result).name, folded.value(result).name);
  }
}

TEST(Pipelines, ReportsWhatEachPassDid) {
  ir::Graph graph = parsed("graph main(%x: f32[1,4]) -> (%y) { %d = relu(%x) %y = relu(%x) }");
  const PassSpec* dead = *find_pass("eliminate-dead-nodes");
  const Result<PipelineReport> report = run_passes(graph, {dead, dead});
  ASSERT_TRUE(report);
  ASSERT_EQ(report->steps.size(), 2U);
  EXPECT_EQ(report->steps[0].pass, "eliminate-dead-nodes");
  EXPECT_EQ(report->steps[0].change, Change::Made);
  EXPECT_EQ(report->steps[1].change, Change::None);
}

TEST(Catalog, IsSorted) { EXPECT_TRUE(std::ranges::is_sorted(catalog(), {}, &PassSpec::name)); }

TEST(Catalog, NamesTheNearestPassForAWrongName) {
  const auto near = find_pass("fold-batchnorm");
  ASSERT_FALSE(near);
  EXPECT_EQ(near.error().what(), "unknown pass 'fold-batchnorm', did you mean 'fold-batch-norm'?");
  const auto far = find_pass("inline");
  ASSERT_FALSE(far);
  EXPECT_NE(far.error().what().find("unknown pass 'inline' (allowed: canonicalize-layout, "), std::string::npos);
}

}  // namespace
}  // namespace netfit::passes
