// SPDX-License-Identifier: Apache-2.0
// Howard et al., "Searching for MobileNetV3", arXiv:1905.02244, tables 1 and 2, as in
// keras/applications/mobilenet_v3.py. Minimalistic: no squeeze and excitation, 3x3 windows, relu throughout.
#include <algorithm>
#include <array>
#include <span>

#include "arch/family.h"

namespace netfit::arch {
namespace {

constexpr StageKind kIr = StageKind::Inverted;
constexpr Function kRe = Function::Relu;
constexpr Function kHs = Function::HardSwish;

constexpr std::array kLarge{
    Stage{StageKind::Conv, 3, 1, 16, 2, 1, kHs},
    Stage{kIr, 3, 1, 16, 1, 1, kRe},
    Stage{kIr, 3, 4, 24, 2, 1, kRe},
    Stage{kIr, 3, 3, 24, 1, 1, kRe},
    Stage{kIr, 5, 3, 40, 2, 3, kRe, true},
    Stage{kIr, 3, 6, 80, 2, 1, kHs},
    Stage{kIr, 3, 2.5, 80, 1, 1, kHs},
    Stage{kIr, 3, 2.3, 80, 1, 2, kHs},
    Stage{kIr, 3, 6, 112, 1, 2, kHs, true},
    Stage{kIr, 5, 6, 160, 2, 3, kHs, true},
};

constexpr std::array kSmall{
    Stage{StageKind::Conv, 3, 1, 16, 2, 1, kHs}, Stage{kIr, 3, 1, 16, 2, 1, kRe, true},
    Stage{kIr, 3, 72.0 / 16, 24, 2, 1, kRe},     Stage{kIr, 3, 88.0 / 24, 24, 1, 1, kRe},
    Stage{kIr, 5, 4, 40, 2, 1, kHs, true},       Stage{kIr, 5, 6, 40, 1, 2, kHs, true},
    Stage{kIr, 5, 3, 48, 1, 2, kHs, true},       Stage{kIr, 5, 6, 96, 2, 3, kHs, true},
};

constexpr Parameter kSize{.name = "size",
                          .summary = "which of the two networks",
                          .kind = ParameterKind::Word,
                          .fallback = "large",
                          .words = "large|small"};

constexpr Parameter kMinimalistic{.name = "minimalistic",
                                  .summary = "without squeeze and excitation, hard_swish and 5x5 windows",
                                  .kind = ParameterKind::Word,
                                  .fallback = "no",
                                  .words = "no|yes",
                                  .defining = false};

constexpr std::array kParameters{kSize,         alpha_parameter(false), resolution_parameter(),
                                 kMinimalistic, channels_parameter(),   classes_parameter()};
constexpr std::array kCifarParameters{kSize,         alpha_parameter(false), small_resolution_parameter(),
                                      kMinimalistic, channels_parameter(),   classes_parameter("10")};

bool is_minimalistic(const Values& values) { return values.word("minimalistic") == "yes"; }

// All up to the mean over the image. The stem alone is not scaled.
std::vector<Stage> stages_of(const Values& values) {
  const std::span<const Stage> table = values.word("size") == "large" ? std::span<const Stage>(kLarge) : kSmall;
  std::vector<Stage> stages(table.begin(), table.end());
  for (Stage& stage : std::span(stages).subspan(1)) {
    stage.channels = make_divisible(static_cast<double>(stage.channels) * values.real("alpha"));
  }
  const auto wide = static_cast<double>(6 * stages.back().channels);
  stages.push_back({StageKind::Conv, 1, 1, make_divisible(wide), 1, 1, kHs});
  if (!is_minimalistic(values)) return stages;
  for (Stage& stage : stages) {
    stage.kernel = std::min<std::int64_t>(stage.kernel, 3);
    stage.function = kRe;
    stage.excites = false;
  }
  return stages;
}

void build_network(const Values& values, std::span<const Stage> stages, Net& net) {
  const double alpha = values.real("alpha");
  const double last = values.word("size") == "large" ? 1280 : 1024;
  const std::int64_t units = make_divisible(alpha > 1 ? last * alpha : last);
  ir::ValueId x = net.image(values.whole("resolution"), values.whole("channels"));
  x = net.mean(add_stages(net, x, stages), true, "pool");
  const Function function = is_minimalistic(values) ? kRe : kHs;
  x = net.conv(x, {.name = "features", .channels = units, .function = function, .norm = Norm::None});
  x = net.mean(x, false, "flatten");
  net.output(net.dense(x, values.whole("classes"), "logits"));
}

void build_mobilenet_v3(const Values& values, Net& net) { build_network(values, stages_of(values), net); }
void build_mobilenet_v3_cifar(const Values& values, Net& net) {
  build_network(values, for_small_images(stages_of(values)), net);
}

}  // namespace

constinit const Family kMobileNetV3{
    .name = "mobilenet_v3",
    .summary = "MobileNetV3: inverted residuals, squeeze and excitation, hard_swish",
    .parameters = kParameters,
    .build = &build_mobilenet_v3,
};

constinit const Family kMobileNetV3Cifar{
    .name = "mobilenet_v3_cifar",
    .summary = "MobileNetV3 for 32x32 images",
    .parameters = kCifarParameters,
    .build = &build_mobilenet_v3_cifar,
    .output = Output::Logits,
};

}  // namespace netfit::arch
