// SPDX-License-Identifier: Apache-2.0
// Sandler et al., "MobileNetV2", arXiv:1801.04381, table 2, as in keras/applications/mobilenet_v2.py: channels are
// rounded to multiples of 8, and the last convolution is never narrower than 1280. The form for 32x32 images halves the
// image three times instead of five, from the third stage on, and its last convolution is scaled like the others.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "arch/family.h"

namespace netfit::arch {
namespace {

struct Stage {
  std::int64_t expansion;
  std::int64_t channels;
  int repeats;
  std::int64_t stride;  ///< of the first block; the others have 1
};

constexpr std::array kStages{Stage{1, 16, 1, 1}, Stage{6, 24, 2, 2},  Stage{6, 32, 3, 2}, Stage{6, 64, 4, 2},
                             Stage{6, 96, 3, 1}, Stage{6, 160, 3, 2}, Stage{6, 320, 1, 1}};

constexpr std::array kParameters{alpha_parameter(), resolution_parameter(), channels_parameter(), classes_parameter()};

constexpr std::int64_t kHead = 1280;

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

ir::ValueId inverted_residual(Net& net, ir::ValueId x, const Stage& block, const std::string& name) {
  ir::ValueId y = x;
  if (block.expansion > 1) {
    y = net.conv(
        y, {.name = name + "/expand", .channels = block.expansion * net.channels(x), .function = Function::Relu6});
  }
  y = net.depthwise(y, {.name = name + "/depthwise", .kernel = 3, .stride = block.stride, .function = Function::Relu6});
  y = net.conv(y, {.name = name + "/project", .channels = block.channels});
  const bool residual = block.stride == 1 && net.channels(x) == block.channels;
  return residual ? net.add(x, y, Function::None, name + "/add") : y;
}

enum class Image { Large, Small };

void build_stages(const Values& values, Image image, std::int64_t head, Net& net) {
  const bool small = image == Image::Small;
  ir::ValueId x = net.image(values.whole("resolution"), values.whole("channels"));
  x = net.conv(x, {.name = "stem",
                   .channels = scaled(values, 32),
                   .kernel = 3,
                   .stride = small ? 1 : 2,
                   .function = Function::Relu6});
  int block = 0;
  for (std::size_t s = 0; s < kStages.size(); ++s) {
    Stage stage = kStages[s];
    stage.channels = scaled(values, stage.channels);
    if (small && s == 1) stage.stride = 1;
    for (int i = 0; i < stage.repeats; ++i) {
      x = inverted_residual(net, x, stage, fmt::format("block_{}", block++));
      stage.stride = 1;
    }
  }
  x = net.conv(x, {.name = "head", .channels = head, .function = Function::Relu6});
  net.classify(x, values.whole("classes"));
}

void build_mobilenet_v2(const Values& values, Net& net) {
  build_stages(values, Image::Large, std::max(kHead, scaled(values, kHead)), net);
}

void build_mobilenet_v2_cifar(const Values& values, Net& net) {
  build_stages(values, Image::Small, values.whole("head"), net);
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
