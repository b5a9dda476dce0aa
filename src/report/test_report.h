// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "report/report.h"

// For tests only: Runs like those of an exploration. The figures are made up, of the size that real ones have.
namespace netfit::report {

struct SampleDevice {
  std::string name;
  double macs_per_ms = 0.0;  ///< of float32
  double power_mw = 0.0;     ///< 0: no energy figures
  double spread = 0.0;       ///< of the latency's interval
};

struct SampleScheme {
  std::string name;
  double speed;
  double weight_bytes;
  double activation_bytes;
  double top1_points;
};

inline std::vector<store::LayerFigures> sample_layers(double macs, const SampleDevice& device,
                                                      const SampleScheme& scheme) {
  std::vector<store::LayerFigures> layers;
  const auto add = [&](const std::string& name, const std::string& op, double share, double live_kib) {
    const double own = macs * share;
    const bool depthwise = op == "depthwise_conv2d";
    const double ms = own / device.macs_per_ms / scheme.speed * (depthwise ? 3.0 : 1.0) + 0.01;
    layers.push_back({.name = name,
                      .op = op,
                      .macs = static_cast<std::int64_t>(own),
                      .latency_ms = ms,
                      .energy_mj = ms * device.power_mw / 1000.0,
                      .bound = depthwise    ? "memory"
                               : own < 1000 ? "overhead"
                                            : "compute",
                      .utilisation = depthwise    ? 0.08
                                     : own < 1000 ? 0.0
                                                  : 0.41 - 0.2 * share,
                      .live_bytes = static_cast<std::int64_t>(live_kib * 256.0 * scheme.activation_bytes)});
  };
  add("stem", "conv2d", 0.06, 140.0);
  for (int block = 1; block <= 7; ++block) {
    const double live = 300.0 / block;
    add("block_" + std::to_string(block) + "_expand", "conv2d", 0.05, live);
    add("block_" + std::to_string(block) + "_depthwise", "depthwise_conv2d", 0.015, 1.3 * live);
    add("block_" + std::to_string(block) + "_project", "conv2d", 0.045, live);
    if (block % 2 == 0) add("block_" + std::to_string(block) + "_add", "add", 0.0, 0.6 * live);
  }
  add("head", "conv2d", 0.13, 40.0);
  add("pool", "mean", 0.0, 22.0);
  add("logits", "fully_connected", 0.002, 6.0);
  return layers;
}

inline store::Run sample_run(const std::string& model, double macs, const SampleDevice& device,
                             const SampleScheme& scheme) {
  const bool large = macs > 20e6;
  const double top1 = (large ? 94.51 : 94.27) + scheme.top1_points;
  store::Run run;
  run.candidate = {model, large ? "aa11" : "bb22", scheme.name, {}};
  run.data = {"cifar10", "test", 10'000, "d0d0"};
  run.device = {device.name, "de01"};
  run.runtime = {device.name == "stm32h747" ? "x-cube-ai-10" : "litert-2", "1.0", "f00d"};
  run.tool_version = "0.1.0";
  run.layers = sample_layers(macs, device, scheme);
  double latency = 0.0;
  std::int64_t arena = 0;
  for (const store::LayerFigures& layer : run.layers) {
    latency += layer.latency_ms;
    arena = std::max(arena, layer.live_bytes);
  }
  const double weights = (large ? 2.24e6 : 0.45e6) * scheme.weight_bytes;
  run.readings = {{Quantity::Top1, top1, top1 - 0.38, top1 + 0.36, base::Source::Measured, "10000 images"},
                  {Quantity::Latency, latency, latency / device.spread, latency * device.spread, base::Source::Analytic,
                   "roofline"},
                  {Quantity::PeakRam, static_cast<double>(arena) + 24576, static_cast<double>(arena) + 16384,
                   static_cast<double>(arena) + 40960, base::Source::Analytic, ""},
                  {Quantity::Flash, weights + 81'920, weights + 61'440, weights + 122'880, base::Source::Analytic, ""},
                  Reading::exact(Quantity::Macs, macs, base::Source::Analytic)};
  if (device.power_mw > 0.0) {
    const double energy = latency * device.power_mw / 1000.0;
    run.readings.push_back({Quantity::Energy, energy, energy / device.spread / 1.2, energy * device.spread * 1.2,
                            base::Source::Analytic, ""});
  } else {
    run.unavailable = {{Quantity::Energy, "the device file states no power figures"}};
    for (store::LayerFigures& layer : run.layers) layer.energy_mj = 0.0;
  }
  run.file = {model + "." + scheme.name + ".tflite", static_cast<std::int64_t>(weights) + 9'000, "ef56"};
  return run;
}

/// Two networks in four schemes on three devices, one of which has no energy figures.
inline std::vector<store::Run> sample_runs() {
  const std::vector<SampleDevice> devices{
      {"apple-m1", 2.4e6, 3900.0, 1.7}, {"cortex-a78", 9.0e5, 0.0, 1.9}, {"stm32h747", 1.6e5, 190.0, 1.6}};
  const std::vector<SampleScheme> schemes{{"float32", 1.0, 4.0, 4.0, 0.0},
                                          {"float16", 1.0, 2.0, 4.0, -0.01},
                                          {"dynamic", 1.2, 1.0, 4.0, -0.12},
                                          {"int8", 2.6, 1.0, 1.0, -0.11}};
  std::vector<store::Run> runs;
  for (const SampleDevice& device : devices) {
    for (const SampleScheme& scheme : schemes) {
      runs.push_back(sample_run("mobilenetv2_cifar10_450k", 12.6e6, device, scheme));
      runs.push_back(sample_run("mobilenetv2_cifar10_w1.0", 87.9e6, device, scheme));
    }
  }
  return runs;
}

inline ReportOptions sample_options() {
  ReportOptions options{.title = "Two networks on three devices", .tool_version = "0.1.0"};
  options.requests["stm32h747"] = {.constraints = {.limits = {{select::Limited::Latency, 1000.0},
                                                              {select::Limited::PeakRam, 524'288.0},
                                                              {select::Limited::Flash, 1'048'576.0}}},
                                   .ranking = {.objectives = {select::Objective::Memory}}};
  return options;
}

}  // namespace netfit::report
