// SPDX-License-Identifier: Apache-2.0
// Converting a whole network there, back and across leaves its outputs as they were.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/random_tensor.h"
#include "whole_networks.h"

namespace netfit::whole_networks {
namespace {

constexpr std::int64_t kImages = 500;

// The largest difference within a sample over the sample's largest absolute output, of all samples.
double largest_relative_difference(const Tensor& given, const Tensor& expected) {
  if (given.shape() != expected.shape()) return INFINITY;
  const std::vector<double> a = tensor::to_doubles(given);
  const std::vector<double> b = tensor::to_doubles(expected);
  const std::size_t width = b.size() / static_cast<std::size_t>(expected.shape()[0]);
  double worst = 0;
  for (std::size_t begin = 0; begin < b.size(); begin += width) {
    double apart = 0;
    double largest = 0;
    for (std::size_t i = begin; i < begin + width; ++i) {
      if (!std::isfinite(a[i])) return INFINITY;
      apart = std::max(apart, std::fabs(a[i] - b[i]));
      largest = std::max(largest, std::fabs(b[i]));
    }
    worst = std::max(worst, apart / largest);
  }
  return worst;
}

// What a file gives in our executor and in the runtime that such files are for.
struct Outputs {
  Tensor fast;
  Tensor runtime;
};

Outputs outputs_of(const ModelFile& file, const Tensor& input) {
  return {run_fast(file, input), run_in_runtime(file, input)};
}

void expect_same_outputs(const std::string& conversion, const Outputs& given, const Outputs& expected) {
  SCOPED_TRACE(conversion);
  const double fast = largest_relative_difference(given.fast, expected.fast);
  const double runtime = largest_relative_difference(given.runtime, expected.runtime);
  testing::Test::RecordProperty(conversion,
                                std::to_string(fast * 1e6) + "e-6, " + std::to_string(runtime * 1e6) + "e-6");
  EXPECT_LE(fast, 1e-5);
  EXPECT_LE(runtime, 1e-5);
}

void expect_float_conversions_to_keep_outputs(const char* network) {
  if (!missing().empty()) GTEST_SKIP() << missing();
  const ModelFile onnx = load(support::zoo() / network);
  const Tensor input = input_of(onnx.graph, images(data::Split::Test, kImages));
  const ModelFile tflite = convert(onnx, ".tflite");
  const Outputs of_onnx = outputs_of(onnx, input);
  const Outputs of_tflite = outputs_of(tflite, input);
  expect_same_outputs("onnx_to_onnx", outputs_of(convert(onnx, ".onnx"), input), of_onnx);
  expect_same_outputs("onnx_to_tflite", of_tflite, of_onnx);
  expect_same_outputs("tflite_to_tflite", outputs_of(convert(tflite, ".tflite"), input), of_tflite);
  expect_same_outputs("tflite_to_onnx", outputs_of(convert(tflite, ".onnx"), input), of_tflite);
}

TEST(WholeNetworkConvert, KeepsTheOutputsOf450k) { expect_float_conversions_to_keep_outputs(kSmall); }

TEST(WholeNetworkConvert, KeepsTheOutputsOfW10) { expect_float_conversions_to_keep_outputs(kLarge); }

// Files of another converter, with the order of operators and tensors that it chose.
void expect_rewritten_file_to_keep_bits(const char* name) {
  if (!support::mlperf_tiny()) GTEST_SKIP() << "the MLPerf Tiny models are not there";
  const ModelFile original = load(*support::mlperf_tiny() / name);
  const ModelFile again = convert(original, ".tflite");
  const ir::Value& value = original.graph.value(original.graph.inputs.front().value);
  const Tensor input = support::random_tensor(5, value.dtype, value.shape.with_dim(0, kImages));
  const Tensor expected = run_fast(original, input);
  EXPECT_EQ(run_fast(again, input), expected);
  // An output that never changes would be equal too.
  EXPECT_NE(expected.slice(0, 1), expected.slice(1, 2));
}

TEST(WholeNetworkConvert, KeepsTheBitsOfResnet8) {
  expect_rewritten_file_to_keep_bits("pretrainedResnet_quant.tflite");
}

TEST(WholeNetworkConvert, KeepsTheBitsOfVww) { expect_rewritten_file_to_keep_bits("vww_96_int8.tflite"); }

}  // namespace
}  // namespace netfit::whole_networks
