// SPDX-License-Identifier: Apache-2.0
#include "exec/runtime.h"

#include <gtest/gtest.h>

#include "support/paths.h"

namespace netfit::exec {
namespace {

TEST(FindRuntime, SaysWhereItLooked) {
  const std::vector<std::filesystem::path> sites{"/nowhere/a", "/nowhere/b"};
  const auto found = find_litert(sites);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind(), ErrorKind::MissingProgram);
  EXPECT_EQ(found.error().what(),
            "litert is not installed: no libLiteRt.so in '/nowhere/a/ai_edge_litert', '/nowhere/b/ai_edge_litert'");
}

TEST(FindRuntime, SaysWhenThereIsNowhereToLook) {
  const auto found = find_onnxruntime({});
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind(), ErrorKind::MissingProgram);
  EXPECT_NE(found.error().what().find("no site-packages is known"), std::string::npos);
}

TEST(FindRuntime, TakesTheVersionFromTheWheel) {
  const auto litert = find_litert(support::site_packages());
  const auto onnxruntime = find_onnxruntime(support::site_packages());
  if (!litert || !onnxruntime) GTEST_SKIP() << "LiteRT and ONNX Runtime are not installed (tools/setup installs them)";
  EXPECT_EQ(litert->name, "litert");
  EXPECT_EQ(std::count(litert->version.begin(), litert->version.end(), '.'), 2) << litert->version;
  EXPECT_EQ(std::count(onnxruntime->version.begin(), onnxruntime->version.end(), '.'), 2) << onnxruntime->version;
}

ir::Graph graph_of_four() {
  ir::Graph graph;
  const ir::ValueId x = graph.add_value({.name = "x", .dtype = DType::Float32, .shape = Shape{1, 4}});
  graph.inputs.push_back({x});
  graph.outputs.push_back({x});
  return graph;
}

TEST(Runtimes, RefuseWhatIsNoModel) {
  const auto litert = find_litert(support::site_packages());
  const auto onnxruntime = find_onnxruntime(support::site_packages());
  if (!litert || !onnxruntime) GTEST_SKIP() << "LiteRT and ONNX Runtime are not installed (tools/setup installs them)";
  const base::Bytes rubbish(100, std::byte{7});
  const auto in_litert = create_litert(*litert, rubbish, graph_of_four(), LitertKernels::Default, {});
  ASSERT_FALSE(in_litert);
  EXPECT_EQ(in_litert.error().kind(), ErrorKind::BadInput);
  const auto in_onnxruntime = create_onnxruntime(*onnxruntime, rubbish, graph_of_four(), {});
  ASSERT_FALSE(in_onnxruntime);
  EXPECT_EQ(in_onnxruntime.error().kind(), ErrorKind::BadInput);
}

TEST(Runtimes, RefuseALibraryThatIsNone) {
  const RuntimeLibrary no_library{"litert", "1", "/etc/hostname"};
  const auto executor = create_litert(no_library, {}, graph_of_four(), LitertKernels::Default, {});
  ASSERT_FALSE(executor);
  EXPECT_EQ(executor.error().kind(), ErrorKind::MissingProgram);
}

}  // namespace
}  // namespace netfit::exec
