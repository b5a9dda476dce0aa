// SPDX-License-Identifier: Apache-2.0
// The files that we write, judged by LiteRT: it loads them, runs them with both of its kernel sets and any batch, and
// gives what our interpreter gives.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "exec/runtime.h"
#include "formats/tflite/tflite.h"
#include "interp/interpreter.h"
#include "ir/hash.h"
#include "oracle_networks.h"
#include "passes/catalog.h"
#include "passes/pipelines.h"
#include "support/graph_text.h"
#include "support/paths.h"
#include "support/random_graph.h"
#include "support/temporary_folder.h"

namespace netfit::formats {
namespace {
namespace fs = std::filesystem;

constexpr const char* kPython = "build/oracles/bin/python";

constexpr const char* kFloat = R"(graph main(%x: f32[1,8,8,3]) -> (%y, %z) {
  preprocess %x scale=0.00392 mean=[0.49, 0.48, 0.44] std=[0.24, 0.24, 0.26] order=rgb
  class_names ["cat", "dog", "größer"]
  const @w: f32[4,3,3,3] = random(1)
  const @b: f32[4] = random(2)
  const @v: f32[1,3,3,8] = random(3)
  const @g: f32[4,1,1,4] = random(4)
  const @k: f32[3,4] = random(5)
  const @half: f32[1,1,1,4] = fill(0.5)
  %c = conv2d(%x, @w, @b) stride=2x2 padding=1,0,1,0 activation=relu6
  %d = depthwise_conv2d(%c, @v) padding=1,1,1,1 dilation=1x1
  %h = hard_swish(%d)
  %e = conv2d(%h, @g)
  %s = sigmoid(%e)
  %m = mul(%s, %c)
  %a = add(%m, @half) activation=relu
  %u = sub(%a, %c)
  %i = div(%u, @half) activation=relu_n1_to_1
  %p = max_pool2d(%i) window=3x3 stride=2x2 padding=1,0,1,0
  %q = average_pool2d(%p) window=2x2 padding=0,1,0,1
  %o = concat(%q, %p) axis=3
  %t = transpose(%o) perm=[0,3,1,2]
  %r = pad(%t) before=[0,1,0,0] after=[0,0,0,0] value=2
  %n = mean(%r) axes=[2,3]
  %z = reshape(%n) shape=[1,3,3]
  %l = mean(%q) axes=[1,2]
  %f = fully_connected(%l, @k)
  %j = leaky_relu(%f) alpha=0.2
  %y = softmax(%j)
})";

constexpr const char* kInt16 = R"(graph main(%x: i16[1,4,4,2] q(0.001)) -> (%y) {
  const @w: i8[4,3,3,2] q(axis=0, [0.02, 0.01, 0.03, 0.015]) = random(1)
  const @b: i64[4] = random(2)
  %a: q(0.002) = conv2d(%x, @w, @b) padding=1,1,1,1
  %e: q(0.002) = add(%a, %a) activation=relu
  %l: q(0.003) = leaky_relu(%a) alpha=-0.2
  %s: q(0.003) = sub(%e, %l)
  %m: q(0.002) = mean(%s) axes=[1,2]
  %y = softmax(%m)
})";

class TfliteOracle : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kPython)) GTEST_SKIP() << "no Python with LiteRT at " << kPython;
  }

  fs::path save(const std::string& name, const ir::Graph& graph) {
    const Result<base::Bytes> bytes = tflite::write(graph);
    EXPECT_TRUE(bytes) << bytes.error().text();
    const fs::path path = folder_ / name;
    EXPECT_TRUE(base::write_file(path, std::span<const std::byte>(*bytes)));
    return path;
  }

  static int judge(const std::string& arguments) {
    const std::string command = fmt::format(
        "{} tests/oracles/check_tflite.py {} 2>&1 | grep -v INFO; exit "
        "${{PIPESTATUS[0]}}",
        kPython, arguments);
    return std::system(fmt::format("bash -c '{}'", command).c_str());
  }

  support::TemporaryFolder folder_;
};

TEST_F(TfliteOracle, LoadsEveryOperatorWithBothKernelSetsAndAnyBatch) {
  std::string files;
  files += save("float.tflite", support::graph_of(kFloat)).string() + " ";
  files += save("int8.tflite", support::int8_network("")).string() + " ";
  files += save("int16.tflite", support::graph_of(kInt16)).string();
  EXPECT_EQ(judge(files), 0);
}

TEST_F(TfliteOracle, RunsARewrittenFileLikeTheOriginal) {
  const auto folder = support::mlperf_tiny();
  if (!folder) GTEST_SKIP() << "the MLPerf Tiny models are not here";
  for (const char* name : {"ad01_int8", "kws_ref_model", "pretrainedResnet_quant", "vww_96_int8"}) {
    const fs::path original = *folder / fmt::format("{}.tflite", name);
    const Result<ir::Graph> graph = tflite::read(*base::read_file(original));
    ASSERT_TRUE(graph) << graph.error().text();
    const fs::path rewritten = save(std::string(name) + ".tflite", *graph);
    EXPECT_EQ(judge(fmt::format("--same-as {} {}", original.string(), rewritten.string())), 0) << name;
    EXPECT_LE(fs::file_size(rewritten), fs::file_size(original));
  }
}

std::vector<Tensor> run(exec::Executor& executor, std::span<const Tensor> inputs) {
  Result<std::vector<Tensor>> outputs = executor.run(inputs, base::no_progress());
  EXPECT_TRUE(outputs) << outputs.error().text();
  return outputs.value_or(std::vector<Tensor>());
}

double largest(const Tensor& tensor) {
  double most = 0;
  for (const double element : to_doubles(tensor)) most = std::max(most, std::fabs(element));
  return most;
}

// Largest difference over the largest element, of all outputs.
double relative_difference(const std::vector<Tensor>& ours, const std::vector<Tensor>& theirs) {
  double worst = ours.size() == theirs.size() && !ours.empty() ? 0 : 1;
  for (std::size_t i = 0; i < ours.size() && i < theirs.size(); ++i) {
    const std::vector<double> a = to_doubles(ours[i]);
    const std::vector<double> b = to_doubles(theirs[i]);
    if (a.size() != b.size()) return 1;
    double difference = 0;
    for (std::size_t k = 0; k < a.size(); ++k) difference = std::max(difference, std::fabs(a[k] - b[k]));
    worst = std::max(worst, difference / std::max(largest(ours[i]), 1e-6));
  }
  return worst;
}

// What the interpreter gives for `graph`, and LiteRT's reference kernels for the file of it.
double compare(const ir::Graph& graph, std::uint64_t seed) {
  const auto library = exec::find_litert(support::site_packages());
  const Result<base::Bytes> bytes = tflite::write(graph);
  EXPECT_TRUE(bytes) << bytes.error().text();
  if (!library || !bytes) return 1;
  const auto again = tflite::read(*bytes);
  EXPECT_TRUE(again) << again.error().text();
  const auto litert = exec::create_litert(*library, *bytes, *again, exec::LitertKernels::Reference, {});
  const auto ours = interp::create_interpreter(graph, {});
  EXPECT_TRUE(litert) << litert.error().text();
  EXPECT_TRUE(ours) << ours.error().text();
  if (!litert || !ours) return 1;
  std::vector<Tensor> inputs;
  for (const ir::GraphInput& input : graph.inputs) {
    const ir::Value& value = graph.value(input.value);
    inputs.push_back(support::random_tensor(seed++, value.dtype, value.shape.with_dim(0, 2)));
  }
  return relative_difference(run(**ours, inputs), run(**litert, inputs));
}

TEST(TfliteLitert, GivesTheInterpretersNumbersForEveryOperator) {
  if (!exec::find_litert(support::site_packages())) GTEST_SKIP() << "LiteRT is not here";
  EXPECT_LE(compare(support::graph_of(kFloat), 1), 1e-5);
  EXPECT_EQ(compare(support::int8_network(""), 2), 0);
  EXPECT_EQ(compare(support::graph_of(kInt16), 3), 0);
}

TEST(TfliteLitert, GivesTheInterpretersNumbersForRandomGraphs) {
  if (!exec::find_litert(support::site_packages())) GTEST_SKIP() << "LiteRT is not here";
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    ir::Graph graph = support::random_graph(seed);
    ASSERT_TRUE(passes::canonicalize(graph));
    ASSERT_TRUE(passes::optimize(graph));
    for (const char* name : {"decompose-batch-norm", "decompose-hard-sigmoid"}) {
      const auto pass = passes::find_pass(name);
      ASSERT_TRUE(pass) << pass.error().text();
      ASSERT_TRUE((*pass)->run(graph));
    }
    const Result<base::Bytes> bytes = tflite::write(graph);
    // The one thing that a .tflite file cannot say.
    if (!bytes && bytes.error().what().find("neither SAME nor VALID") != std::string::npos) continue;
    ++compared;
    EXPECT_LE(compare(graph, seed), 1e-5) << "seed " << seed;
  }
  EXPECT_GE(compared, 20);
}

}  // namespace
}  // namespace netfit::formats
