// SPDX-License-Identifier: Apache-2.0
#include "calib/memory_figures.h"

#include <algorithm>
#include <set>
#include <vector>

#include "cost/kernels.h"
#include "cost/memory_plan.h"
#include "cost/tflm_arena.h"
#include "ir/ops.h"
#include "ir/uses.h"

namespace netfit::calib {
namespace {

constexpr double kKib = 1024.0;
// Of X-CUBE-AI 10, from the columns "Runtime RAM" and "Code Flash" of its model zoo (runtimes/x-cube-ai-10.toml).
constexpr double kRuntimeRam = 4.2;
constexpr double kRamOfALayer = 0.39;
constexpr double kCode = 30.0;
constexpr double kCodeOfALayer = 0.78;
constexpr double kCodeOfAChannel = 5.0 / kKib;
// Lines that are still needed while a layer writes over its input, and at least the scratch of its kernels.
constexpr double kLines = 0.045;
constexpr double kLeastScratch = 8.0 * kKib;

bool has_residuals(const ir::Graph& graph) {
  return std::ranges::any_of(graph.order(), [&](ir::NodeId id) { return graph.node(id).op == &ir::kAdd; });
}

// The most bytes alive at once where a layer's result takes the place of its last-used input.
double overlapped_bytes(const ir::Graph& graph, const cost::MemoryPlan& plan) {
  std::int64_t most = 0;
  std::int64_t step = 0;
  for (const ir::NodeId id : graph.order()) {
    std::int64_t dying = 0;
    std::int64_t made = 0;
    std::set<std::int64_t> counted;
    for (const cost::Placement& place : plan.placements) {
      const bool read = std::ranges::find(graph.node(id).inputs, place.value) != graph.node(id).inputs.end();
      if (read && place.last_step == step && counted.insert(place.buffer).second) dying += place.bytes;
      const bool result = std::ranges::find(graph.node(id).outputs, place.value) != graph.node(id).outputs.end();
      if (result && place.first_step == step) made += place.bytes;
    }
    const auto live = plan.live_bytes.at(static_cast<std::size_t>(step));
    most = std::max(most, live - std::min(dying, made));
    ++step;
  }
  return static_cast<double>(most);
}

MemoryFigures x_cube_ai(const ir::Graph& graph, const Situation& situation) {
  device::Runtime runtime;
  runtime.fused_activations = situation.rules().fused_activations;
  const cost::Typing typing{.as_type = DType::Int8};
  const std::vector<cost::Kernel> kernels = cost::list_kernels(graph, runtime, typing);
  const auto layers = static_cast<double>(kernels.size());
  const cost::MemoryPlan plan = cost::plan_memory(graph, {.in_place = false, .typing = typing});
  const double overlapped = overlapped_bytes(graph, plan);
  const double activations = has_residuals(graph) ? static_cast<double>(plan.lower_bound_bytes)
                                                  : overlapped + std::max(kLines * overlapped, kLeastScratch);
  return {activations / kKib + kRuntimeRam + kRamOfALayer * layers,
          static_cast<double>(cost::weight_bytes(graph, typing)) / kKib + kCode + kCodeOfALayer * layers +
              kCodeOfAChannel * static_cast<double>(cost::integer_channels(kernels))};
}

// A depthwise convolution needs room for one channel beside its input; other kernels for two widened columns (im2col).
double tinyengine_ram(const ir::Graph& graph) {
  const cost::Typing typing{.as_type = DType::Int8};
  const std::vector<std::int64_t> live = cost::plan_memory(graph, {.in_place = true, .typing = typing}).live_bytes;
  double most = 0.0;
  std::size_t step = 0;
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    auto bytes = static_cast<double>(live.at(step++));
    if (&node.op() == &ir::kDepthwiseConv2d) {
      const auto in = static_cast<double>(cost::bytes_of(node.input(0), typing));
      const auto out = static_cast<double>(cost::bytes_of(node.output(), typing));
      bytes -= std::min(in, out) - out / static_cast<double>(node.output().shape.dim(-1));
    }
    most = std::max(most, bytes);
  }
  return most / kKib;
}

}  // namespace

std::optional<MemoryFigures> memory_figures(const ir::Graph& graph, const Situation& situation) {
  if (situation.family == "x-cube-ai") return x_cube_ai(graph, situation);
  if (situation.family == "tflite-micro" || situation.family == "cmsis-nn") {
    const std::int64_t arena = cost::tflm_arena(graph, {.as_type = DType::Int8});
    return MemoryFigures{.ram_kib = static_cast<double>(arena) / kKib, .flash_kib = {}};
  }
  if (situation.family == "tinyengine") return MemoryFigures{.ram_kib = tinyengine_ram(graph), .flash_kib = {}};
  return std::nullopt;
}

}  // namespace netfit::calib
