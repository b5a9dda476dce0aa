// SPDX-License-Identifier: Apache-2.0
#include "cost/estimate.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "cost/cache_ages.h"
#include "cost/energy_parts.h"
#include "cost/intervals.h"
#include "cost/kernel_nest.h"
#include "cost/kernels.h"
#include "cost/latency.h"
#include "cost/support.h"
#include "ir/op_spec.h"
#include "ir/ops.h"

namespace netfit::cost {
namespace {

constexpr std::array kCostableTypes{DType::Float32, DType::Float16, DType::Int8};

Result<void> check_options(const EstimateOptions& options, const device::Device& device) {
  if (options.threads < 1 || options.threads > device.cores) {
    return bad_input(
        fmt::format("{} threads are not in 1 to {}, the cores of '{}'", options.threads, device.cores, device.name));
  }
  if (options.as_type && std::ranges::find(kCostableTypes, *options.as_type) == kCostableTypes.end()) {
    return bad_input(
        fmt::format("graphs are not costed as {} (allowed: f32, f16, i8)", tensor::name(*options.as_type)));
  }
  return {};
}

Typing typing_of(const device::Device& device, const device::Runtime& runtime, const EstimateOptions& options) {
  const bool core_has_halves = device.simd.macs_per_cycle.contains(DType::Float16);
  return {options.as_type, runtime.float32_as_float16 && core_has_halves};
}

// Learned numbers only: the running statistics of a batch norm (its inputs 3 and 4) are not params.
std::int64_t count_params(const ir::Graph& graph) {
  std::int64_t params = 0;
  std::vector<bool> seen(graph.value_id_limit(), false);
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      const bool statistic = &node.op() == &ir::kBatchNorm && i >= 3;
      if (!node.has_input(i) || !node.input(i).is_constant() || statistic) continue;
      const auto index = static_cast<std::size_t>(node.node().inputs[i].index);
      if (!seen[index]) params += node.input(i).shape.element_count();
      seen[index] = true;
    }
  }
  return params;
}

Bound bound_of(const KernelTime& time) {
  if (time.compute_ms >= time.memory_ms && time.compute_ms >= time.overhead_ms) return Bound::Compute;
  return time.memory_ms >= time.overhead_ms ? Bound::Memory : Bound::Overhead;
}

// The type in which most of the work is done: what the interval depends on.
DType main_arithmetic(const std::vector<Kernel>& kernels) {
  std::array<double, kCostableTypes.size()> operations{};
  for (const Kernel& kernel : kernels) {
    const auto* type = std::ranges::find(kCostableTypes, kernel.arithmetic);
    if (type != kCostableTypes.end()) {
      operations.at(static_cast<std::size_t>(type - kCostableTypes.begin())) += static_cast<double>(kernel.operations);
    }
  }
  const auto* most = std::ranges::max_element(operations);
  return kCostableTypes.at(static_cast<std::size_t>(most - operations.begin()));
}

// Some runtimes refuse weights of 4 bits, some widen them when they load a file or each time that they run a layer.
std::optional<std::string> find_unjudged_weights(const ir::Graph& graph) {
  for (const ir::NodeId id : graph.order()) {
    const ir::NodeView node(graph, graph.node(id));
    if (node.op().macs == nullptr || !node.has_input(1) || node.input(1).dtype != DType::Int4) continue;
    return fmt::format("{}: no published rows judge weights of type i4", base::printable(ir::describe(node)));
  }
  return std::nullopt;
}

class Estimator {
 public:
  Estimator(const ir::Graph& graph, const device::Device& device, const device::Runtime& runtime,
            const EstimateOptions& options)
      : graph_(graph),
        device_(device),
        runtime_(runtime),
        options_(options),
        typing_(typing_of(device, runtime, options)),
        kernels_(list_kernels(graph, runtime, typing_)) {}

  Estimate run() {
    estimate_memory();
    estimate_counts();
    std::vector<std::string> reasons = check_support(graph_, runtime_, options_.as_type);
    if (reasons.empty()) {
      if (auto missing = find_missing_figure(kernels_, device_, runtime_)) reasons.push_back(*std::move(missing));
      if (auto unjudged = find_unjudged_weights(graph_)) reasons.push_back(*std::move(unjudged));
    }
    list_layers();
    if (reasons.empty()) {
      estimate_time();
    } else {
      const std::string more = reasons.size() > 1 ? fmt::format(" (and {} more)", reasons.size() - 1) : "";
      for (const Quantity quantity : {Quantity::Latency, Quantity::Energy}) {
        result_.unavailable.push_back({quantity, reasons.front() + more});
      }
    }
    return std::move(result_);
  }

 private:
  void predict(Quantity quantity, double value, std::string note) {
    const Spread spread = spread_of({.quantity = quantity,
                                     .core = device_.core,
                                     .runtime = runtime_.name,
                                     .arithmetic = main_arithmetic(kernels_),
                                     .threads = options_.threads,
                                     .power_factor = device_.power.factor});
    result_.readings.push_back({quantity, value, value / spread.below, value * spread.above, base::Source::Analytic,
                                fmt::format("{}{}interval: {}", note, note.empty() ? "" : "; ", spread.basis)});
  }

  void estimate_memory() {
    result_.arithmetic = main_arithmetic(kernels_);
    result_.plan = plan_memory(graph_, {.in_place = runtime_.in_place, .typing = typing_});
    result_.weight_bytes = weight_bytes(graph_, typing_);
    const std::int64_t layers = std::ssize(kernels_);
    const double tables = runtime_.code_bytes_per_channel * static_cast<double>(integer_channels(kernels_));
    const MemoryNeeds needs{
        .arena_bytes = result_.plan.arena_bytes,
        .runtime_bytes = runtime_.ram_bytes + layers * runtime_.ram_bytes_per_layer,
        .weight_bytes = result_.weight_bytes,
        .code_bytes = runtime_.code_bytes + layers * runtime_.code_bytes_per_layer + static_cast<std::int64_t>(tables),
        .loaded_bytes = loaded_weight_bytes(graph_, typing_)};
    map_ = map_memory(device_, needs);
    result_.regions = map_.regions;
    const std::int64_t loaded = reads_flash_in_place(device_) ? 0 : needs.loaded_bytes;
    loaded_bytes_ = needs.loaded_bytes;
    predict(Quantity::PeakRam, static_cast<double>(needs.arena_bytes + needs.runtime_bytes + loaded),
            fmt::format("arena {} + runtime {}{} bytes", needs.arena_bytes, needs.runtime_bytes,
                        loaded > 0 ? fmt::format(" + loaded weights {}", loaded) : ""));
    predict(Quantity::Flash, static_cast<double>(needs.weight_bytes + needs.code_bytes),
            fmt::format("weights {} + code {} bytes", needs.weight_bytes, needs.code_bytes));
    result_.readings.push_back(Reading::exact(Quantity::Arena, static_cast<double>(needs.arena_bytes),
                                              base::Source::Analytic, "the plan of this program"));
  }

  void estimate_counts() {
    // As a double, for hostile graphs that share large weights among many nodes.
    double macs = 0;
    for (const Kernel& kernel : kernels_) macs += static_cast<double>(kernel.macs);
    result_.readings.push_back(Reading::exact(Quantity::Macs, macs, base::Source::Analytic));
    result_.readings.push_back(
        Reading::exact(Quantity::Params, static_cast<double>(count_params(graph_)), base::Source::Analytic));
  }

  void list_layers() {
    const CacheAges states(graph_, kernels_, map_, result_.plan.arena_bytes);
    for (const Kernel& kernel : kernels_) {
      const ir::Node& node = graph_.node(kernel.node);
      LayerCost layer{.name = node.name, .op = std::string(node.op->name), .macs = kernel.macs};
      layer.weight_bytes = kernel.weight_bytes;
      layer.activation_bytes = kernel.activation_bytes;
      layer.live_bytes = result_.plan.live_bytes.at(static_cast<std::size_t>(kernel.step));
      const double padded = padded_operations(kernel, device_);
      layer.lane_share = padded > 0 ? static_cast<double>(kernel.operations) / padded : 1.0;
      if (options_.memory_use) {
        const std::optional<LoopNest> nest = nest_of(graph_, kernel, runtime_, device_);
        if (nest) layer.levels = use_memory(*nest, device_, states.of(kernel));
      }
      result_.layers.push_back(std::move(layer));
    }
  }

  void estimate_time() {
    const LatencyContext context{device_, runtime_, options_.threads, map_.activations, map_.weights, loaded_bytes_};
    const double power_mw = device_.power.active_mw + device_.power.per_further_core_mw * (options_.threads - 1);
    double total_ms = 0.0;
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
      const KernelTime time = time_kernel(kernels_[i], context);
      LayerCost& layer = result_.layers[i];
      layer.compute_ms = time.compute_ms;
      layer.memory_ms = time.memory_ms;
      layer.overhead_ms = time.overhead_ms;
      layer.latency_ms = time.total_ms();
      layer.energy_mj = power_mw * layer.latency_ms / 1e3;
      layer.bound = bound_of(time);
      layer.utilisation = utilisation(kernels_[i], layer.latency_ms);
      total_ms += layer.latency_ms;
    }
    predict(Quantity::Latency, total_ms, "");
    if (power_mw > 0) {
      predict(Quantity::Energy, power_mw * total_ms / 1e3, "of " + device_.power.scope);
    } else {
      result_.unavailable.push_back({Quantity::Energy, fmt::format("device '{}' has no power figure", device_.name)});
    }
    if (options_.latency && total_ms > 0) take_measured_latency(*options_.latency, total_ms);
    if (options_.memory_use) result_.energy_parts = split_energy(result_, device_);
  }

  Reading& reading(Quantity quantity) { return *std::ranges::find(result_.readings, quantity, &Reading::quantity); }

  void take_measured_latency(const Reading& measured, double total_ms) {
    Reading& latency = reading(Quantity::Latency);
    if (measured.high / measured.low >= latency.high / latency.low) return;
    const double scale = measured.value / total_ms;
    for (std::size_t i = 0; i < kernels_.size(); ++i) {
      LayerCost& layer = result_.layers[i];
      for (double* part :
           {&layer.latency_ms, &layer.compute_ms, &layer.memory_ms, &layer.overhead_ms, &layer.energy_mj}) {
        *part *= scale;
      }
      layer.utilisation = utilisation(kernels_[i], layer.latency_ms);
    }
    latency = measured;
    if (result_.find(Quantity::Energy) == nullptr) return;
    Reading& energy = reading(Quantity::Energy);
    energy.value *= scale;
    // Errors of the latency and of the power figure are independent.
    const double width = std::hypot(std::log(measured.high / measured.value), std::log(device_.power.factor));
    energy.low = energy.value * std::exp(-width);
    energy.high = energy.value * std::exp(width);
  }

  double utilisation(const Kernel& kernel, double latency_ms) const {
    const double peak = device_.simd.macs_per_cycle.at(kernel.arithmetic) * device_.clock_mhz * 1e3 * options_.threads;
    return latency_ms > 0 ? std::min(1.0, static_cast<double>(kernel.macs) / (peak * latency_ms)) : 0.0;
  }

  const ir::Graph& graph_;
  const device::Device& device_;
  const device::Runtime& runtime_;
  const EstimateOptions& options_;
  Typing typing_;
  std::vector<Kernel> kernels_;
  MemoryMap map_;
  std::int64_t loaded_bytes_ = 0;
  Estimate result_;
};

}  // namespace

std::string_view name(Bound bound) {
  switch (bound) {
    case Bound::Compute:
      return "compute";
    case Bound::Memory:
      return "memory";
    case Bound::Overhead:
      return "overhead";
  }
  return "";
}

const Reading* Estimate::find(Quantity quantity) const {
  const auto found = std::ranges::find(readings, quantity, &Reading::quantity);
  return found == readings.end() ? nullptr : &*found;
}

Result<Estimate> estimate(const ir::Graph& graph, const device::Device& device, const device::Runtime& runtime,
                          const EstimateOptions& options) {
  NETFIT_TRY(check_options(options, device));
  return Estimator(graph, device, runtime, options).run();
}

}  // namespace netfit::cost
