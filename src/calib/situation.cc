// SPDX-License-Identifier: Apache-2.0
#include "calib/situation.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <fmt/format.h>

#include "calib/printed_core.h"
#include "calib/xnnpack_kernels.h"

namespace netfit::calib {
namespace {

using std::string_view;

constexpr double kUnknownClock = 1000.0;

struct Family {
  string_view begins;  // of the runtime, in lower case
  string_view name;
};

// The first line that fits counts.
constexpr std::array kFamilies{
    Family{"ncnn-vulkan", "ncnn-vulkan"},
    Family{"ncnn", "ncnn"},
    Family{"armnn", "armnn"},
    Family{"litert", "litert"},
    Family{"x-cube-ai", "x-cube-ai"},
    Family{"paddle-lite", "paddle-lite"},
    Family{"xnnpack", "xnnpack"},
    Family{"tfjs", "tfjs-wasm"},
    Family{"tensorflow lite for micro", "tflite-micro"},
    Family{"tf-lite micro", "tflite-micro"},
    Family{"tflite-micro", "tflite-micro"},
    Family{"cmsis-nn", "cmsis-nn"},
    Family{"tinyengine", "tinyengine"},
    Family{"plumerai", "plumerai"},
    Family{"bosch", "hale"},
    Family{"microtvm", "microtvm"},
    Family{"onnc", "onnc"},
    Family{"edgetpu", "edge-tpu"},
    Family{"edge tpu", "edge-tpu"},
    Family{"leip", "leip"},
    Family{"tvm", "tvm"},
    Family{"openvx", "openvx"},
    Family{"tensorflow_macos", "tensorflow"},
    Family{"onnxruntime", "onnxruntime"},
};

std::string lower(string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

bool contains(string_view text, string_view part) { return text.find(part) != string_view::npos; }

std::string family_of(string_view runtime) {
  if (contains(runtime, "tensorrt")) return "tensorrt";
  if (contains(runtime, "tflite")) {
    if (runtime.starts_with("tflite-micro")) return "tflite-micro";
    return contains(runtime, "xnnpack") ? "tflite-xnnpack" : contains(runtime, "ruy") ? "tflite-ruy" : "tflite";
  }
  const auto* found =
      std::ranges::find_if(kFamilies, [&](const Family& family) { return runtime.starts_with(family.begins); });
  return found != kFamilies.end() ? std::string(found->name) : std::string(runtime.substr(0, runtime.find(' ')));
}

Population population_of(string_view core, string_view family) {
  constexpr std::array<string_view, 4> kOthers{"gpu", "npu", "edge-tpu", "neural-art"};
  const auto begins = [&](string_view other) { return core.starts_with(other); };
  if (std::ranges::any_of(kOthers, begins) || family == "ncnn-vulkan" || family == "tensorrt") {
    return Population::Accelerator;
  }
  if (family == "litert") return Population::Host;
  if (core.starts_with("cortex-m")) return Population::Microcontroller;
  return family == "ncnn" ? Population::Ncnn : Population::Mobile;
}

// Files of one model whose integers mean different kernels: TensorFlow's unsigned, per-tensor files against signed
// ones; microTVM with and without CMSIS-NN.
string_view variant_of(const Measurement& row, string_view family) {
  const std::string notes = lower(row.notes);
  if (family == "microtvm") return contains(notes, "cmsis") ? " cmsis-nn" : " native";
  if (family == "litert" && row.precision == "int8") return kHostInt8;
  if (row.precision == "int8" && contains(notes, "uint8")) return " uint8";
  return "";
}

// "Operating at 3.0V with SMPS"
double volts_of(string_view notes) {
  constexpr string_view kMark = "Operating at ";
  const std::size_t at = notes.find(kMark);
  if (at == string_view::npos) return 0.0;
  const char* begin = notes.data() + at + kMark.size();
  double volts = 0.0;
  const auto [end, error] = std::from_chars(begin, notes.data() + notes.size(), volts);
  const string_view rest(end, static_cast<std::size_t>(notes.data() + notes.size() - end));
  const bool unit = rest.starts_with("V") || rest.starts_with(" V");
  return error == std::errc() && unit && volts > 0 && volts < 100 ? volts : 0.0;
}

}  // namespace

string_view name(Population population) {
  constexpr std::array<string_view, kPopulationCount> kNames{"ncnn", "mobile", "microcontroller", "accelerator",
                                                             "host"};
  return kNames[static_cast<std::size_t>(population)];
}

std::optional<Population> find_population(string_view text) {
  for (int i = 0; i < kPopulationCount; ++i) {
    if (name(static_cast<Population>(i)) == text) return static_cast<Population>(i);
  }
  return std::nullopt;
}

cost::CountingRules Situation::rules() const {
  cost::CountingRules rules{.float_type = float_type};
  if (population == Population::Ncnn || family == "ncnn-vulkan") {
    // Its files name most activations inside the convolution; what stands beside it runs as a layer of its own.
    rules.fused_activations = {"leaky_relu", "sigmoid", "relu6", "relu_n1_to_1"};
    rules.winograd = true;
    return rules;
  }
  if (population == Population::Host) {
    rules.fused_activations = {"relu", "relu6", "relu_n1_to_1"};
    rules.tiled = xnnpack_kernels(runtime);
    rules.as_int8 = int8;
    return rules;
  }
  rules.fused_activations = {"relu", "relu6", "relu_n1_to_1", "hard_swish"};
  // Both libraries have transforms of floats alone.
  rules.winograd = !int8 && (family == "armnn" || family == "paddle-lite");
  rules.as_int8 = int8;
  // One bank of the flash of larger microcontrollers.
  if (population == Population::Microcontroller) rules.flash_on_chip = 1e6;
  return rules;
}

std::string Situation::key() const { return fmt::format("{}|{}|{}", board, runtime, threads); }

Situation situation_of(const Measurement& row) {
  Situation situation;
  situation.board = row.device_id;
  situation.core = canonical_core(row.core);
  situation.family = family_of(lower(row.runtime));
  situation.runtime = fmt::format("{}{}", lower(row.runtime), variant_of(row, situation.family));
  situation.population = population_of(lower(row.core), situation.family);
  situation.clock_mhz = row.clock_mhz.value_or(kUnknownClock);
  situation.threads = row.threads.value_or(0);
  situation.volts = volts_of(row.notes);
  situation.mixture = is_mixture(row.core);
  situation.int8 = row.precision == "int8";
  const device::Core* core = find_printed_core(row.core);
  const bool half = row.precision == "fp16" ||
                    (situation.int8 && situation.family.starts_with("ncnn") && (core == nullptr || core->has_halves()));
  if (half) situation.float_type = DType::Float16;
  return situation;
}

}  // namespace netfit::calib
