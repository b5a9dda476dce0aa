// SPDX-License-Identifier: Apache-2.0
#include "cli/host/networks.h"

#include <algorithm>
#include <array>
#include <random>
#include <string_view>

#include <fmt/format.h>

#include "arch/arch.h"
#include "base/text.h"
#include "formats/tflite/tflite.h"
#include "passes/pipelines.h"
#include "quant/quantize.h"
#include "tensor/random_tensor.h"

namespace netfit::cli {
namespace {

constexpr std::uint64_t kWeightSeed = 7;
constexpr quant::Range kActivationRange{-6.0F, 6.0F};
constexpr int kNamedInTen = 3;  // the rest are random blocks

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  std::int64_t among(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  template <typename T, std::size_t N>
  T of(const std::array<T, N>& choices) {
    return choices.at(static_cast<std::size_t>(among(0, N - 1)));
  }

 private:
  std::mt19937_64 engine_;
};

// Channels as designers choose them: mostly multiples of 8, some that fill no vector.
std::int64_t draw_channels(Dice& dice, std::int64_t most) {
  const std::int64_t channels = dice.among(4, most);
  return dice.among(0, 4) == 0 ? channels : std::max<std::int64_t>(8, channels / 8 * 8);
}

std::string draw_stage(Dice& dice, std::int64_t image) {
  constexpr std::array<std::string_view, 7> kKinds{"conv", "ds", "ds", "ir", "ir", "ir", "res"};
  constexpr std::array<std::string_view, 5> kActivations{"relu", "relu6", "relu6", "relu6", "hswish"};
  const std::string_view kind = dice.of(kKinds);
  const bool dense = kind == "conv" || kind == "res";
  const std::int64_t channels = draw_channels(dice, dense ? (image > 32 ? 32 : 96) : (image > 32 ? 48 : 192));
  const std::int64_t kernel = kind == "conv" ? dice.of(std::array<std::int64_t, 4>{1, 1, 3, 5})
                                             : dice.of(std::array<std::int64_t, 4>{3, 3, 3, 5});
  std::string stage = fmt::format("{}_k{}_c{}_s{}_n{}_{}", kind, kind == "res" ? 3 : kernel, channels,
                                  image >= 8 ? dice.among(1, 2) : 1, dice.among(1, 3), dice.of(kActivations));
  if (kind == "ir") stage += fmt::format("_e{}", dice.among(1, 6));
  if (kind == "ir" && dice.among(0, 7) == 0) stage += "_se";
  return stage;
}

std::string draw_blocks(Dice& dice) {
  const std::int64_t resolution = dice.of(std::array<std::int64_t, 6>{16, 24, 32, 48, 64, 96});
  std::int64_t image = resolution;
  const std::int64_t stem_stride = resolution > 32 ? 2 : dice.among(1, 2);
  std::string stages = fmt::format("conv_k3_c{}_s{}_n1_relu6", draw_channels(dice, 32), stem_stride);
  image /= stem_stride;
  const std::int64_t count = dice.among(1, 6);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string stage = draw_stage(dice, image);
    if (stage.find("_s2_") != std::string::npos) image = (image + 1) / 2;
    stages += "+" + stage;
  }
  if (dice.among(0, 2) == 0) stages += fmt::format("+conv_k1_c{}_s1_n1_relu6", draw_channels(dice, 1024));
  return fmt::format("blocks:stages={},resolution={},classes={}", stages, resolution,
                     dice.of(std::array<std::int64_t, 4>{2, 10, 100, 1000}));
}

std::string draw_named(Dice& dice) {
  constexpr std::array<std::string_view, 7> kFamilies{
      "mobilenet_v1",       "mobilenet_v2",    "mobilenet_v3",           "squeezenet",
      "mobilenet_v2_cifar", "resnet_v1_cifar", "efficientnet_lite_cifar"};
  constexpr std::array<std::string_view, 5> kWidths{"0.25", "0.35", "0.5", "0.75", "1"};
  const std::string_view family = dice.of(kFamilies);
  const std::int64_t classes = dice.of(std::array<std::int64_t, 3>{10, 100, 1000});
  if (family == "resnet_v1_cifar") return fmt::format("{}:depth={}", family, dice.of(std::array<int, 3>{8, 14, 20}));
  if (family == "efficientnet_lite_cifar") {
    return fmt::format("{}:resolution={}", family, dice.of(std::array<int, 3>{16, 24, 32}));
  }
  const bool small = family.ends_with("_cifar");
  const std::int64_t resolution =
      small ? dice.of(std::array<std::int64_t, 3>{16, 24, 32}) : dice.of(std::array<std::int64_t, 4>{48, 64, 96, 128});
  if (family == "squeezenet") return fmt::format("{}:resolution={},classes={}", family, resolution, classes);
  return fmt::format("{}:alpha={},resolution={},classes={}", family, dice.of(kWidths), resolution, classes);
}

// A fit needs the structure; a runtime needs numbers, and small ones, so that none overflows.
void draw_weights(ir::Graph& graph) {
  std::uint64_t seed = kWeightSeed;
  for (const ir::ValueId id : graph.values()) {
    ir::Value& value = graph.value(id);
    if (!value.is_constant() || value.dtype != DType::Float32) continue;
    Tensor drawn = tensor::random_tensor(seed++, DType::Float32, value.shape);
    for (float& element : drawn.mutable_data<float>()) element *= 0.05F;
    value.constant = std::move(drawn);
  }
  graph.weights = ir::Weights::Present;
}

bool is_quantized(const ir::Graph& graph) {
  return std::ranges::any_of(graph.values(), [&](ir::ValueId id) { return graph.value(id).quant.has_value(); });
}

}  // namespace

std::vector<std::string> draw_networks(std::uint64_t seed, std::size_t count) {
  Dice dice(seed);
  std::vector<std::string> specs;
  while (specs.size() < count) {
    const std::string spec = dice.among(0, 9) < kNamedInTen ? draw_named(dice) : draw_blocks(dice);
    // A stage list may be refused: more stages than a small image can halve.
    const Result<std::string> canonical = arch::canonical(spec);
    if (canonical && std::ranges::find(specs, *canonical) == specs.end()) specs.push_back(*canonical);
  }
  return specs;
}

Result<Model> timeable_model(const std::string& spec, bool int8) {
  ir::Graph graph = NETFIT_TRY(arch::build(spec));
  draw_weights(graph);
  return timeable_model(spec, std::move(graph), int8);
}

Result<Model> timeable_model(const std::string& name, ir::Graph graph, bool int8) {
  if (!is_quantized(graph)) {
    NETFIT_TRY(passes::optimize(graph));
    if (int8) {
      quant::Ranges ranges;
      for (const ir::ValueId id : graph.values()) {
        if (!graph.value(id).is_constant()) ranges[id] = kActivationRange;
      }
      graph = NETFIT_TRY(quant::quantize_int8(graph, ranges, {}));
    }
  }
  Model model{.path = name, .name = name, .format = "tflite", .bytes = {}, .graph = {}};
  model.bytes = NETFIT_TRY(formats::tflite::write(graph));
  model.graph = NETFIT_TRY(formats::tflite::read(model.bytes));
  return model;
}

}  // namespace netfit::cli
