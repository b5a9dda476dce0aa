// SPDX-License-Identifier: Apache-2.0
// Sandler et al., "MobileNetV2", arXiv:1801.04381, table 2, as in keras/applications/mobilenet_v2.py: channels are
// rounded to multiples of 8, and the last convolution is never narrower than 1280. The form for 32x32 images scales the
// last convolution like the others: beside ten classes it would be most of a narrow network.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "arch/family.h"

namespace netfit::arch {
namespace {

constexpr StageKind kIr = StageKind::Inverted;
constexpr std::int64_t kHead = 1280;

constexpr std::array kTable{
    Stage{StageKind::Conv, 3, 1, 32, 2}, Stage{kIr, 3, 1, 16},       Stage{kIr, 3, 6, 24, 2, 2},
    Stage{kIr, 3, 6, 32, 2, 3},          Stage{kIr, 3, 6, 64, 2, 4}, Stage{kIr, 3, 6, 96, 1, 3},
    Stage{kIr, 3, 6, 160, 2, 3},         Stage{kIr, 3, 6, 320},      Stage{StageKind::Conv, 1, 1, kHead}};

constexpr std::array kParameters{alpha_parameter(), resolution_parameter(), channels_parameter(), classes_parameter()};

constexpr std::array kCifarParameters{
    alpha_parameter(),
    Parameter{.name = "head", .summary = "channels of the last convolution", .low = 8, .high = 8192},
    small_resolution_parameter(),
    channels_parameter(),
    classes_parameter("10"),
};

std::int64_t scaled(const Values& values, std::int64_t channels) {
  return make_divisible(static_cast<double>(channels) * values.real("alpha"));
}

void complete_cifar(Values& values) {
  if (!values.has("head")) values.set("head", fmt::format("{}", scaled(values, kHead)));
}

std::vector<Stage> stages_of(const Values& values, std::int64_t head) {
  std::vector<Stage> stages(kTable.begin(), kTable.end());
  for (Stage& stage : stages) stage.channels = scaled(values, stage.channels);
  stages.back().channels = head;
  return stages;
}

void build_mobilenet_v2(const Values& values, Net& net) {
  build_classifier(values, stages_of(values, std::max(kHead, scaled(values, kHead))), net);
}

void build_mobilenet_v2_cifar(const Values& values, Net& net) {
  build_classifier(values, for_small_images(stages_of(values, values.whole("head"))), net);
}

}  // namespace

constinit const Family kMobileNetV2{
    .name = "mobilenet_v2",
    .summary = "MobileNetV2: inverted residuals with linear bottlenecks",
    .parameters = kParameters,
    .build = &build_mobilenet_v2,
};

constinit const Family kMobileNetV2Cifar{
    .name = "mobilenet_v2_cifar",
    .summary = "MobileNetV2 for 32x32 images",
    .parameters = kCifarParameters,
    .complete = &complete_cifar,
    .build = &build_mobilenet_v2_cifar,
    .output = Output::Logits,
};

}  // namespace netfit::arch
