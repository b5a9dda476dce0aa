// SPDX-License-Identifier: Apache-2.0
// Iandola et al., "SqueezeNet", arXiv:1602.07360, table 1, and version 1.1 of github.com/forresti/SqueezeNet. Windows
// as in torchvision: no padding around the image, pooling windows may reach beyond its end.
#include <array>
#include <span>

#include <fmt/format.h>

#include "arch/family.h"

namespace netfit::arch {
namespace {

/// A fire module squeezes to an eighth of its result's channels; 0 stands for a pooling layer.
constexpr std::array<std::int64_t, 10> kVersion10{128, 128, 256, 0, 256, 384, 384, 512, 0, 512};
constexpr std::array<std::int64_t, 10> kVersion11{128, 128, 0, 256, 256, 0, 384, 384, 512, 512};

constexpr std::array kParameters{
    Parameter{.name = "version",
              .summary = "1.1 has 2.4 times less computation",
              .kind = ParameterKind::Word,
              .fallback = "1.1",
              .words = "1.0|1.1"},
    resolution_parameter(),
    channels_parameter(),
    classes_parameter(),
};

ir::ValueId fire(Net& net, ir::ValueId x, std::int64_t channels, const std::string& name) {
  const Layer squeeze{
      .name = name + "/squeeze", .channels = channels / 8, .function = Function::Relu, .norm = Norm::None};
  Layer expand{.name = name + "/expand1x1", .channels = channels / 2, .function = Function::Relu, .norm = Norm::None};
  x = net.conv(x, squeeze);
  const ir::ValueId narrow = net.conv(x, expand);
  expand.name = name + "/expand3x3";
  expand.kernel = 3;
  return net.concat(narrow, net.conv(x, expand), name + "/concat");
}

void build_squeezenet(const Values& values, Net& net) {
  const bool first = values.word("version") == "1.0";
  ir::ValueId x = net.image(values.whole("resolution"), values.whole("channels"));
  x = net.conv(x, {.name = "stem",
                   .channels = first ? 96 : 64,
                   .kernel = first ? 7 : 3,
                   .stride = 2,
                   .function = Function::Relu,
                   .pads = Pads::Valid,
                   .norm = Norm::None});
  x = net.max_pool(x, 3, Pads::Full, "stem/pool");
  int count = 1;
  for (const std::int64_t channels : first ? kVersion10 : kVersion11) {
    ++count;
    x = channels > 0 ? fire(net, x, channels, fmt::format("fire{}", count))
                     : net.max_pool(x, 3, Pads::Full, fmt::format("pool{}", count));
    if (channels == 0) --count;
  }
  const std::int64_t classes = values.whole("classes");
  x = net.conv(x, {.name = "classes", .channels = classes, .function = Function::Relu, .norm = Norm::None});
  net.output(net.mean(x, false, "pool"));
}

}  // namespace

constinit const Family kSqueezeNet{
    .name = "squeezenet",
    .summary = "SqueezeNet: fire modules, few parameters",
    .parameters = kParameters,
    .build = &build_squeezenet,
};

}  // namespace netfit::arch
