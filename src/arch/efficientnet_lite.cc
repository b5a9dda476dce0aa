// SPDX-License-Identifier: Apache-2.0
// Tan and Le, "EfficientNet", arXiv:1905.11946, table 1, in the "lite" form of
// github.com/tensorflow/tpu/models/official/efficientnet/lite: no squeeze and excitation, relu6, and stem, head, first
// and last stage not scaled.
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "arch/family.h"

namespace netfit::arch {
namespace {

struct Stage {
  int repeats;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t expansion;
  std::int64_t channels;
};

constexpr std::array kStages{Stage{1, 3, 1, 1, 16}, Stage{2, 3, 2, 6, 24},  Stage{2, 5, 2, 6, 40},
                             Stage{3, 3, 2, 6, 80}, Stage{3, 5, 1, 6, 112}, Stage{4, 5, 2, 6, 192},
                             Stage{1, 3, 1, 6, 320}};

struct Scale {
  double width;
  double depth;
  std::string_view resolution;
};

constexpr std::array kScales{Scale{1.0, 1.0, "224"}, Scale{1.0, 1.1, "240"}, Scale{1.1, 1.2, "260"},
                             Scale{1.2, 1.4, "280"}, Scale{1.4, 1.8, "300"}};

constexpr std::array kParameters{
    Parameter{.name = "scale", .summary = "which of the five networks", .fallback = "0", .low = 0, .high = 4},
    resolution_parameter(""),
    channels_parameter(),
    classes_parameter(),
};

const Scale& scale_of(const Values& values) { return kScales[static_cast<std::size_t>(values.whole("scale"))]; }

void complete(Values& values) {
  if (!values.has("resolution")) values.set("resolution", std::string(scale_of(values).resolution));
}

ir::ValueId block(Net& net, ir::ValueId x, const Stage& stage, const std::string& name) {
  ir::ValueId y = x;
  if (stage.expansion > 1) {
    y = net.conv(
        y, {.name = name + "/expand", .channels = stage.expansion * net.channels(x), .function = Function::Relu6});
  }
  y = net.depthwise(
      y, {.name = name + "/depthwise", .kernel = stage.kernel, .stride = stage.stride, .function = Function::Relu6});
  y = net.conv(y, {.name = name + "/project", .channels = stage.channels});
  const bool residual = stage.stride == 1 && net.channels(x) == stage.channels;
  return residual ? net.add(x, y, Function::None, name + "/add") : y;
}

void build_efficientnet_lite(const Values& values, Net& net) {
  const Scale& scale = scale_of(values);
  ir::ValueId x = net.image(values.whole("resolution"), values.whole("channels"));
  x = net.conv(x, {.name = "stem", .channels = 32, .kernel = 3, .stride = 2, .function = Function::Relu6});
  int count = 0;
  for (std::size_t s = 0; s < kStages.size(); ++s) {
    Stage stage = kStages[s];
    stage.channels = make_divisible(static_cast<double>(stage.channels) * scale.width);
    const bool fixed = s == 0 || s + 1 == kStages.size();
    const int repeats = fixed ? stage.repeats : static_cast<int>(std::ceil(scale.depth * stage.repeats));
    for (int i = 0; i < repeats; ++i) {
      x = block(net, x, stage, fmt::format("block_{}", count++));
      stage.stride = 1;
    }
  }
  x = net.conv(x, {.name = "head", .channels = 1280, .function = Function::Relu6});
  net.classify(x, values.whole("classes"));
}

}  // namespace

constinit const Family kEfficientNetLite{
    .name = "efficientnet_lite",
    .summary = "EfficientNet-Lite 0 to 4",
    .parameters = kParameters,
    .complete = &complete,
    .build = &build_efficientnet_lite,
};

}  // namespace netfit::arch
