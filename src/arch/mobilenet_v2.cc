// SPDX-License-Identifier: Apache-2.0
// Sandler et al., "MobileNetV2", arXiv:1801.04381, table 2, as in keras/applications/mobilenet_v2.py: channels are
// rounded to multiples of 8, and the last convolution is never narrower than 1280.
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

void build_mobilenet_v2(const Values& values, Net& net) {
  const double alpha = values.real("alpha");
  const auto scaled = [alpha](std::int64_t channels) { return make_divisible(static_cast<double>(channels) * alpha); };
  ir::ValueId x = net.image(values.whole("resolution"), values.whole("channels"));
  x = net.conv(x, {.name = "stem", .channels = scaled(32), .kernel = 3, .stride = 2, .function = Function::Relu6});
  int block = 0;
  for (const Stage& stage : kStages) {
    for (int i = 0; i < stage.repeats; ++i) {
      const Stage own{stage.expansion, scaled(stage.channels), 1, i == 0 ? stage.stride : 1};
      x = inverted_residual(net, x, own, fmt::format("block_{}", block++));
    }
  }
  const std::int64_t last = std::max<std::int64_t>(1280, scaled(1280));
  x = net.conv(x, {.name = "head", .channels = last, .function = Function::Relu6});
  net.classify(x, values.whole("classes"));
}

}  // namespace

constinit const Family kMobileNetV2{
    .name = "mobilenet_v2",
    .summary = "MobileNetV2: inverted residuals with linear bottlenecks",
    .parameters = kParameters,
    .build = &build_mobilenet_v2,
};

}  // namespace netfit::arch
