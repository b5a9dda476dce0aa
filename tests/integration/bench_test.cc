// SPDX-License-Identifier: Apache-2.0
// What `netfit bench` stands on: invocations give the executors' results, and their time is the runtime's own.
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "exec/invocation.h"
#include "support/random_tensor.h"
#include "support/temporary_folder.h"
#include "whole_networks.h"

namespace netfit::whole_networks {
namespace {

Tensor one_sample(const ir::Graph& graph) {
  const ir::Value& value = graph.value(graph.inputs.front().value);
  return support::random_tensor(1, value.dtype, value.shape);
}

Tensor result_of(exec::Invocation& invocation, const Tensor& input) {
  EXPECT_TRUE(invocation.load(std::array{input}));
  EXPECT_TRUE(invocation.invoke());
  return must(invocation.results()).front();
}

// Twice, for what is loaded and given back must not wear out.
void expect_executors_result(exec::Invocation& invocation, exec::Executor& executor, const Tensor& input) {
  const Tensor expected = first_output(executor, input);
  EXPECT_EQ(result_of(invocation, input), expected) << invocation.name();
  EXPECT_EQ(result_of(invocation, input), expected) << invocation.name();
  EXPECT_EQ(invocation.name(), executor.name());
}

TEST(Invocations, OfLitertGiveTheExecutorsResult) {
  const auto library = exec::find_litert(support::site_packages());
  if (!library) GTEST_SKIP() << library.error().text();
  for (const char* path : {"tests/models/small_float.tflite", "tests/models/tiny_int8.tflite"}) {
    const ModelFile file = load(path);
    const auto executor = must(exec::create_litert(*library, file.bytes, file.graph, exec::LitertKernels::Default, {}));
    for (const int threads : {1, 2}) {
      const auto invocation = must(exec::create_litert_invocation(*library, file.bytes, file.graph, threads));
      expect_executors_result(*invocation, *executor, one_sample(file.graph));
    }
  }
}

TEST(Invocations, OfOnnxRuntimeGiveTheExecutorsResult) {
  const auto library = exec::find_onnxruntime(support::site_packages());
  if (!library) GTEST_SKIP() << library.error().text();
  const ModelFile file = load("tests/models/tiny.onnx");
  const auto executor = must(exec::create_onnxruntime(*library, file.bytes, file.graph, {}));
  const auto invocation = must(exec::create_onnxruntime_invocation(*library, file.bytes, file.graph, 1));
  expect_executors_result(*invocation, *executor, one_sample(file.graph));
}

void expect_litert_times_of_python(const ModelFile& file) {
  const support::TemporaryFolder folder;
  const std::filesystem::path path = folder / "model.tflite";
  ASSERT_TRUE(base::write_file(path, std::span<const std::byte>(file.bytes)));
  const std::string command =
      "build/oracles/bin/python tests/oracles/compare_bench.py " NETFIT_PROGRAM " " + path.string();
  EXPECT_EQ(std::system(command.c_str()), 0) << "the figures are on standard output";
}

TEST(WholeNetworkBench, TimesLitertInFloatAsPythonDoes) {
  if (!missing().empty()) GTEST_SKIP() << missing();
  expect_litert_times_of_python(convert(load(support::zoo() / kSmall), ".tflite"));
}

TEST(WholeNetworkBench, TimesLitertInInt8AsPythonDoes) {
  if (!missing().empty()) GTEST_SKIP() << missing();
  expect_litert_times_of_python(write(quantized(kSmall), ".tflite"));
}

}  // namespace
}  // namespace netfit::whole_networks
