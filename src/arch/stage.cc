// SPDX-License-Identifier: Apache-2.0
#include "arch/stage.h"

#include <fmt/format.h>

#include "base/check.h"

namespace netfit::arch {

using ir::ValueId;

namespace {

ValueId separable(Net& net, ValueId x, const Stage& stage, const std::string& name) {
  x = net.depthwise(
      x, {.name = name + "/depthwise", .kernel = stage.kernel, .stride = stage.stride, .function = stage.function});
  return net.conv(x, {.name = name + "/pointwise", .channels = stage.channels, .function = stage.function});
}

ValueId excite(Net& net, ValueId x, const std::string& name) {
  const std::int64_t channels = net.channels(x);
  ValueId y = net.mean(x, true, name + "/pool");
  y = net.conv(y, {.name = name + "/reduce",
                   .channels = make_divisible(static_cast<double>(channels) * 0.25),
                   .function = Function::Relu,
                   .norm = Norm::None});
  y = net.conv(y,
               {.name = name + "/expand", .channels = channels, .function = Function::HardSigmoid, .norm = Norm::None});
  return net.multiply(x, y, name + "/scale");
}

ValueId inverted(Net& net, ValueId x, const Stage& stage, const std::string& name) {
  ValueId y = x;
  if (stage.expansion > 1) {
    const double wide = static_cast<double>(net.channels(x)) * stage.expansion;
    y = net.conv(y, {.name = name + "/expand", .channels = make_divisible(wide), .function = stage.function});
  }
  y = net.depthwise(
      y, {.name = name + "/depthwise", .kernel = stage.kernel, .stride = stage.stride, .function = stage.function});
  if (stage.excites) y = excite(net, y, name + "/excite");
  y = net.conv(y, {.name = name + "/project", .channels = stage.channels});
  const bool fits = stage.stride == 1 && net.channels(x) == stage.channels;
  return fits ? net.add(x, y, Function::None, name + "/add") : y;
}

ValueId residual(Net& net, ValueId x, const Stage& stage, const std::string& name) {
  ValueId shortcut = x;
  if (stage.stride != 1 || net.channels(x) != stage.channels) {
    shortcut = net.conv(
        x, {.name = name + "/shortcut", .channels = stage.channels, .stride = stage.stride, .norm = Norm::None});
  }
  ValueId y = net.conv(x, {.name = name + "/first",
                           .channels = stage.channels,
                           .kernel = stage.kernel,
                           .stride = stage.stride,
                           .function = stage.function});
  y = net.conv(y, {.name = name + "/second", .channels = stage.channels, .kernel = stage.kernel});
  return net.add(shortcut, y, stage.function, name + "/add");
}

ValueId block(Net& net, ValueId x, const Stage& stage, const std::string& name) {
  switch (stage.kind) {
    case StageKind::Conv:
      return net.conv(x, {.name = name,
                          .channels = stage.channels,
                          .kernel = stage.kernel,
                          .stride = stage.stride,
                          .function = stage.function});
    case StageKind::Separable:
      return separable(net, x, stage, name);
    case StageKind::Inverted:
      return inverted(net, x, stage, name);
    case StageKind::Residual:
      return residual(net, x, stage, name);
  }
  NETFIT_UNREACHABLE();
}

bool is_one_conv(const Stage& stage) { return stage.kind == StageKind::Conv && stage.repeats == 1; }

std::string name_of(std::span<const Stage> stages, std::size_t place) {
  const bool named = is_one_conv(stages[place]);
  if (named && place == 0) return "stem";
  if (named && place + 1 == stages.size()) return "head";
  return fmt::format("stage_{}", place);
}

}  // namespace

ValueId add_stages(Net& net, ValueId x, std::span<const Stage> stages) {
  for (std::size_t place = 0; place < stages.size(); ++place) {
    Stage stage = stages[place];
    const std::string name = name_of(stages, place);
    for (std::int64_t i = 0; i < stage.repeats; ++i) {
      x = block(net, x, stage, is_one_conv(stage) ? name : fmt::format("{}/block_{}", name, i));
      stage.stride = 1;
    }
  }
  return x;
}

std::vector<Stage> for_small_images(std::vector<Stage> stages) {
  int changed = 0;
  for (Stage& stage : stages) {
    if (stage.stride == 1 || changed == 2) continue;
    stage.stride = 1;
    ++changed;
  }
  return stages;
}

}  // namespace netfit::arch
