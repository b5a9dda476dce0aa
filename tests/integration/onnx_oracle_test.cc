// SPDX-License-Identifier: Apache-2.0
// ONNX files judged by ONNX Runtime and the official checker: we read files of others as they do, and they take ours.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/files.h"
#include "exec/runtime.h"
#include "formats/onnx/onnx.h"
#include "interp/interpreter.h"
#include "ir/hash.h"
#include "ir/op_spec.h"
#include "ir/ops.h"
#include "ir/printer.h"
#include "oracle_networks.h"
#include "passes/pipelines.h"
#include "support/graph_text.h"
#include "support/paths.h"
#include "support/random_graph.h"
#include "support/temporary_folder.h"

namespace netfit::formats {
namespace {
namespace fs = std::filesystem;

constexpr const char* kPython = "build/oracles/bin/python";

int judge(const std::string& command, const fs::path& folder) {
  return std::system(fmt::format("{} tests/oracles/onnx_cases.py {} {}", kPython, command, folder.string()).c_str());
}

ir::Graph canonical(Result<ir::Graph> graph) {
  EXPECT_TRUE(graph) << graph.error().text();
  if (!graph) return {};
  const auto canonicalized = passes::canonicalize(*graph);
  EXPECT_TRUE(canonicalized) << canonicalized.error().text();
  return std::move(*graph);
}

base::Bytes written(const ir::Graph& graph) {
  const Result<base::Bytes> bytes = onnx::write(graph);
  EXPECT_TRUE(bytes) << bytes.error().text();
  return bytes.value_or(base::Bytes());
}

using Tensors = std::vector<Tensor>;

template <typename Made>
Tensors run(const Made& executor, const Tensors& inputs) {
  EXPECT_TRUE(executor) << executor.error().text();
  if (!executor) return {};
  Result<Tensors> outputs = (*executor)->run(inputs, base::no_progress());
  EXPECT_TRUE(outputs) << outputs.error().text();
  return outputs.value_or(Tensors());
}

Tensors interpret(const ir::Graph& graph, const Tensors& inputs) {
  return run(interp::create_interpreter(graph, {}), inputs);
}

// `graph` is what our reader makes of the file, in canonical form.
Tensors run_onnxruntime(base::Bytes file, const ir::Graph& graph, const Tensors& inputs) {
  const auto library = exec::find_onnxruntime(support::site_packages());
  EXPECT_TRUE(library) << library.error().text();
  if (!library) return {};
  return run(exec::create_onnxruntime(*library, std::move(file), graph, {}), inputs);
}

// Two samples, so that a file which fixes the batch is found out.
Tensors random_inputs(const ir::Graph& graph, std::uint64_t seed) {
  Tensors inputs;
  for (const ir::GraphInput& input : graph.inputs) {
    const ir::Value& value = graph.value(input.value);
    inputs.push_back(support::random_tensor(seed++, value.dtype, value.shape.with_dim(0, 2)));
  }
  return inputs;
}

struct Difference {
  double absolute = 0;
  double relative = 0;  ///< to the largest element of the output
};

Difference difference(const Tensors& ours, const Tensors& theirs) {
  Difference worst;
  EXPECT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    EXPECT_EQ(to_string(ours[i].shape()), to_string(theirs[i].shape()));
    const std::vector<double> a = to_doubles(ours[i]);
    const std::vector<double> b = to_doubles(theirs[i]);
    double most = 1e-6;
    double apart = 0;
    for (std::size_t k = 0; k < std::min(a.size(), b.size()); ++k) {
      most = std::max(most, std::fabs(b[k]));
      apart = std::max(apart, std::fabs(a[k] - b[k]));
    }
    worst.absolute = std::max(worst.absolute, apart);
    worst.relative = std::max(worst.relative, apart / most);
  }
  return worst;
}

// One step of the result's quantization, in what the graph gives: reals, or integers themselves.
double one_step(const ir::Graph& graph) {
  for (const ir::NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    const bool last = node.op == &ir::kRequantize && node.outputs[0] == graph.outputs[0].value;
    const ir::Value& result = graph.value(node.outputs[0]);
    if (last && result.dtype == DType::Float32) return graph.value(node.inputs[0]).quant->scale();
  }
  return 1;
}

std::vector<std::string> float_nodes(const ir::Graph& graph) {
  std::vector<std::string> found;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (&node.op() != &ir::kRequantize && node.output().dtype == DType::Float32) found.push_back(ir::describe(node));
  }
  return found;
}

class OnnxOracle : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kPython)) GTEST_SKIP() << "no Python with ONNX at " << kPython;
    if (!exec::find_onnxruntime(support::site_packages())) GTEST_SKIP() << "ONNX Runtime is not here";
  }

  /// Writes the graph for the checker, and returns what ONNX Runtime makes of the file.
  Tensors judge_written(const std::string& name, const ir::Graph& graph, const Tensors& inputs) {
    const base::Bytes bytes = written(graph);
    EXPECT_TRUE(base::write_file(ours_ / (name + ".onnx"), std::span<const std::byte>(bytes)));
    return run_onnxruntime(bytes, graph, inputs);
  }

  support::TemporaryFolder theirs_;
  support::TemporaryFolder ours_;
};

TEST_F(OnnxOracle, ReadsAndWritesEveryFormOfEveryOperator) {
  ASSERT_EQ(judge("make", theirs_.path()), 0);
  int files = 0;
  for (const auto& entry : fs::directory_iterator(theirs_.path())) {
    const std::string name = entry.path().stem().string();
    SCOPED_TRACE(name);
    const base::Bytes bytes = *base::read_file(entry.path());
    EXPECT_TRUE(onnx::recognizes(bytes));
    const ir::Graph graph = canonical(onnx::read(bytes));
    if (graph.outputs.empty()) continue;
    const Tensors inputs = random_inputs(graph, 1);
    const Tensors theirs = run_onnxruntime(bytes, graph, inputs);
    const Tensors ours = interpret(graph, inputs);
    const Tensors again = judge_written(name, graph, inputs);
    const bool integer = name.starts_with("q_") && !name.starts_with("q_not_enclosed");
    if (integer) {
      // Rounding rules differ, so neighbouring integers are as good.
      EXPECT_LE(difference(ours, theirs).absolute, one_step(graph) * 1.001);
      EXPECT_LE(difference(again, theirs).absolute, one_step(graph) * 1.001);
      EXPECT_EQ(float_nodes(graph), std::vector<std::string>());
    } else {
      EXPECT_LE(difference(ours, theirs).relative, 1e-5);
      EXPECT_LE(difference(again, theirs).relative, 1e-5);
    }
    const ir::Graph reread = canonical(onnx::read(written(graph)));
    EXPECT_EQ(ir::canonical_hash(reread), ir::canonical_hash(graph))
        << ir::print(graph, ir::Constants::Elided) << ir::print(reread, ir::Constants::Elided);
    ++files;
  }
  EXPECT_GE(files, 110);
  EXPECT_EQ(judge("check", ours_.path()), 0);
}

TEST_F(OnnxOracle, RunsRandomGraphsOfEitherLayoutLikeTheInterpreter) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    ir::Graph graph = canonical(support::random_graph(seed));
    ASSERT_TRUE(seed % 2 == 1 || passes::optimize(graph));
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Tensors inputs = random_inputs(graph, seed);
    const Tensors theirs = judge_written(fmt::format("random_{}", seed), graph, inputs);
    EXPECT_LE(difference(interpret(graph, inputs), theirs).relative, 1e-5);
  }
  EXPECT_EQ(judge("check", ours_.path()), 0);
}

// Errors of one step may add up over a dozen layers, so each layer is compared with its own inputs elsewhere; here the
// whole stays close.
TEST_F(OnnxOracle, RunsAnInt8GraphLikeTheInterpreter) {
  const ir::Graph graph = support::int8_network(" layout=channels_first");
  const Tensors inputs = random_inputs(graph, 3);
  const Tensors theirs = judge_written("int8", graph, inputs);
  EXPECT_LE(difference(interpret(graph, inputs), theirs).absolute, 4);
  EXPECT_EQ(judge("check", ours_.path()), 0);
}

TEST(OnnxFiles, AreReadBackAsTheGraphThatWasWritten) {
  const ir::Graph graph = support::int8_network(" layout=channels_first");
  const ir::Graph reread = canonical(onnx::read(written(graph)));
  EXPECT_EQ(ir::print(reread), ir::print(canonical(onnx::read(written(reread)))));
  EXPECT_EQ(written(graph), written(graph));
  EXPECT_EQ(float_nodes(reread), std::vector<std::string>());
  EXPECT_EQ(reread.node_count(), graph.node_count());
}

TEST(OnnxFiles, PresentAnInputAsTheUsersModelHadIt) {
  const char* text = R"(graph main(%x: f32[1,8,6,3] layout={}) -> (%y layout={}) {{
    const @w: f32[4,3,3,3] = random(1)
    %y = conv2d(%x, @w)
  }})";
  for (const char* layout : {"channels_last", "channels_first"}) {
    const ir::Graph graph = support::graph_of(fmt::format(fmt::runtime(text), layout, layout));
    const Result<ir::Graph> file = onnx::read(written(graph));
    ASSERT_TRUE(file) << file.error().text();
    const std::string shape = std::string_view(layout) == "channels_last" ? "1x8x6x3" : "1x3x8x6";
    EXPECT_EQ(to_string(file->value(file->inputs[0].value).shape), shape);
    const ir::Graph back = canonical(onnx::read(written(graph)));
    EXPECT_EQ(ir::canonical_hash(back), ir::canonical_hash(graph)) << ir::print(back, ir::Constants::Elided);
  }
}

struct ZooNetwork {
  const char* file;
  std::int64_t macs;
  std::int64_t nodes;
};

TEST(OnnxFiles, OfTheZooBecomeChannelsLastWithoutATranspose) {
  for (const ZooNetwork& network : {ZooNetwork{"mobilenetv2_cifar10_w1.0.onnx", 87'976'448, 99},
                                    ZooNetwork{"mobilenetv2_cifar10_450k.onnx", 52'001'920, 126}}) {
    const Result<base::Bytes> bytes = base::read_file(support::zoo() / network.file);
    ASSERT_TRUE(bytes) << bytes.error().text();
    const ir::Graph graph = canonical(onnx::read(*bytes));
    std::int64_t macs = 0;
    for (const ir::NodeId id : graph.order()) {
      EXPECT_NE(graph.node(id).op, &ir::kTranspose);
      macs += ir::count_work(ir::NodeView(graph, graph.node(id))).macs;
    }
    EXPECT_EQ(macs, network.macs);
    EXPECT_EQ(graph.node_count(), network.nodes);
    ASSERT_EQ(graph.inputs.size(), 1U);
    EXPECT_EQ(graph.value(graph.inputs[0].value).name, "image");
    EXPECT_EQ(graph.inputs[0].layout, ir::Layout::ChannelsFirst);
    EXPECT_TRUE(graph.inputs[0].preprocessing.has_value());
    EXPECT_EQ(graph.value(graph.outputs[0].value).name, "logits");
    EXPECT_EQ(graph.class_names.size(), 10U);
    EXPECT_EQ(written(canonical(onnx::read(written(graph)))), written(graph));
  }
}

}  // namespace
}  // namespace netfit::formats
