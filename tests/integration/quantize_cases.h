// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "interp/interpreter.h"
#include "ir/parser.h"
#include "quant/quantize.h"
#include "support/random_tensor.h"

// What the tests of calibration and quantization share: a small network, and ways to run it before and after.
namespace netfit::quantize_cases {

inline ir::Graph parsed(std::string_view text) {
  Result<ir::Graph> graph = ir::parse(text);
  EXPECT_TRUE(graph.has_value()) << (graph ? "" : graph.error().text());
  return graph ? std::move(*graph) : ir::Graph();
}

inline Result<quant::Ranges> calibrate(const ir::Graph& graph, const std::vector<Tensor>& inputs,
                                       const quant::CalibrationOptions& options = {}, int threads = 1) {
  auto interpreter = interp::create_interpreter(graph, {.threads = threads});
  EXPECT_TRUE(interpreter.has_value());
  return quant::calibrate(graph, **interpreter, inputs, options, base::no_progress());
}

inline std::vector<Tensor> random_inputs(const ir::Graph& graph, std::int64_t samples) {
  std::vector<Tensor> inputs;
  for (const ir::GraphInput& input : graph.inputs) {
    inputs.push_back(support::random_tensor(7, DType::Float32, graph.value(input.value).shape.with_dim(0, samples)));
  }
  return inputs;
}

inline std::vector<Tensor> run(const ir::Graph& graph, const std::vector<Tensor>& inputs) {
  auto interpreter = interp::create_interpreter(graph, {});
  EXPECT_TRUE(interpreter.has_value()) << (interpreter ? "" : interpreter.error().text());
  auto outputs = (*interpreter)->run(inputs, base::no_progress());
  EXPECT_TRUE(outputs.has_value()) << (outputs ? "" : outputs.error().text());
  return outputs ? *outputs : std::vector<Tensor>();
}

/// The int8 graph's outputs as reals, computed behind float borders.
inline std::vector<Tensor> run_int8(const ir::Graph& graph, const quant::Ranges& ranges,
                                    const std::vector<Tensor>& inputs) {
  const Result<ir::Graph> int8 = quant::quantize_int8(graph, ranges, {.io = quant::Io::Float32});
  EXPECT_TRUE(int8.has_value()) << (int8 ? "" : int8.error().text());
  return int8 ? run(*int8, inputs) : std::vector<Tensor>();
}

inline double largest_difference(const Tensor& a, const Tensor& b) {
  const std::vector<double> left = tensor::to_doubles(a);
  const std::vector<double> right = tensor::to_doubles(b);
  double largest = 0;
  for (std::size_t i = 0; i < left.size(); ++i) largest = std::max(largest, std::fabs(left[i] - right[i]));
  return largest;
}

inline constexpr std::string_view kSmallCnn = R"(graph main(%x: f32[1,6,6,3]) -> (%y, %p) {
    preprocess %x scale=0.01 mean=[1, 1.2, 1.4] std=[0.5, 0.5, 0.5] order=rgb
    const @w: f32[8,3,3,3] = random(1)
    const @b: f32[8] = random(2)
    const @d: f32[1,3,3,8] = random(3)
    const @v: f32[4,8] = random(4)
    %c = conv2d(%x, @w, @b) padding=1,1,1,1 activation=relu6
    %d1 = depthwise_conv2d(%c, @d) padding=1,1,1,1
    %s = add(%c, %d1) activation=relu
    %j = concat(%s, %c) axis=3
    %m = max_pool2d(%j) window=2x2 stride=2x2
    %e = mean(%s) axes=[1,2]
    %y = fully_connected(%e, @v)
    %p = softmax(%y)
    %unused = mean(%m) axes=[1,2]
  })";

}  // namespace netfit::quantize_cases
