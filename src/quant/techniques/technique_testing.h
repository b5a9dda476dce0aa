// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "exec/engine.h"
#include "quant/samples.h"
#include "support/random_tensor.h"

// What tests of techniques share: random samples, and a constant or the first output by name.
namespace netfit::quant::testing {

inline Samples random_samples(const ir::Graph& graph, std::int64_t count) {
  const Shape shape = graph.value(graph.inputs.front().value).shape.with_dim(0, count);
  return {.inputs = {support::random_tensor(1, DType::Float32, shape)}, .engine = {}, .progress = base::no_progress()};
}

/// The graph's first output for the samples, or the end of the test with the fault.
inline Tensor output_of(const ir::Graph& graph, const Samples& samples) {
  const auto executor = exec::create_fast(graph, samples.engine);
  if (!executor) throw std::runtime_error(executor.error().text());
  const auto outputs = (*executor)->run(samples.inputs, samples.progress);
  if (!outputs) throw std::runtime_error(outputs.error().text());
  return outputs->front();
}

inline std::vector<double> constant(const ir::Graph& graph, std::string_view name) {
  return tensor::to_doubles(*graph.value(graph.find_value(name).value()).constant);
}

inline double largest_difference(const Tensor& a, const Tensor& b) {
  const std::vector<double> left = tensor::to_doubles(a);
  const std::vector<double> right = tensor::to_doubles(b);
  double largest = 0;
  for (std::size_t i = 0; i < left.size(); ++i) largest = std::max(largest, std::fabs(left[i] - right[i]));
  return largest;
}

}  // namespace netfit::quant::testing
