// SPDX-License-Identifier: Apache-2.0
// Howard et al., "Searching for MobileNetV3", arXiv:1905.02244, tables 1 and 2, as in
// keras/applications/mobilenet_v3.py. Minimalistic: no squeeze and excitation, 3x3 windows, relu throughout.
#include <array>
#include <span>

#include <fmt/format.h>

#include "arch/family.h"

namespace netfit::arch {
namespace {

struct Block {
  double expansion;
  std::int64_t channels;
  std::int64_t kernel;
  std::int64_t stride;
  bool excites;
  Function function;
};

constexpr Function kRe = Function::Relu;
constexpr Function kHs = Function::HardSwish;

constexpr std::array kLarge{
    Block{1, 16, 3, 1, false, kRe},   Block{4, 24, 3, 2, false, kRe},   Block{3, 24, 3, 1, false, kRe},
    Block{3, 40, 5, 2, true, kRe},    Block{3, 40, 5, 1, true, kRe},    Block{3, 40, 5, 1, true, kRe},
    Block{6, 80, 3, 2, false, kHs},   Block{2.5, 80, 3, 1, false, kHs}, Block{2.3, 80, 3, 1, false, kHs},
    Block{2.3, 80, 3, 1, false, kHs}, Block{6, 112, 3, 1, true, kHs},   Block{6, 112, 3, 1, true, kHs},
    Block{6, 160, 5, 2, true, kHs},   Block{6, 160, 5, 1, true, kHs},   Block{6, 160, 5, 1, true, kHs}};

constexpr std::array kSmall{
    Block{1, 16, 3, 2, true, kRe}, Block{72.0 / 16, 24, 3, 2, false, kRe}, Block{88.0 / 24, 24, 3, 1, false, kRe},
    Block{4, 40, 5, 2, true, kHs}, Block{6, 40, 5, 1, true, kHs},          Block{6, 40, 5, 1, true, kHs},
    Block{3, 48, 5, 1, true, kHs}, Block{3, 48, 5, 1, true, kHs},          Block{6, 96, 5, 2, true, kHs},
    Block{6, 96, 5, 1, true, kHs}, Block{6, 96, 5, 1, true, kHs}};

constexpr std::array kParameters{
    Parameter{.name = "size",
              .summary = "which of the two networks",
              .kind = ParameterKind::Word,
              .fallback = "large",
              .words = "large|small"},
    alpha_parameter(false),
    resolution_parameter(),
    Parameter{.name = "minimalistic",
              .summary = "without squeeze and excitation, hard_swish and 5x5 windows",
              .kind = ParameterKind::Word,
              .fallback = "no",
              .words = "no|yes",
              .defining = false},
    channels_parameter(),
    classes_parameter(),
};

ir::ValueId excite(Net& net, ir::ValueId x, const std::string& name) {
  const std::int64_t channels = net.channels(x);
  ir::ValueId y = net.mean(x, true, name + "/pool");
  y = net.conv(y, {.name = name + "/reduce",
                   .channels = make_divisible(static_cast<double>(channels) * 0.25),
                   .function = Function::Relu,
                   .norm = Norm::None});
  y = net.conv(y,
               {.name = name + "/expand", .channels = channels, .function = Function::HardSigmoid, .norm = Norm::None});
  return net.multiply(x, y, name + "/scale");
}

ir::ValueId inverted_residual(Net& net, ir::ValueId x, const Block& block, const std::string& name) {
  ir::ValueId y = x;
  // Only the first block expands by 1, and it has no convolution for that.
  if (block.expansion > 1) {
    y = net.conv(y, {.name = name + "/expand",
                     .channels = make_divisible(static_cast<double>(net.channels(x)) * block.expansion),
                     .function = block.function});
  }
  y = net.depthwise(
      y, {.name = name + "/depthwise", .kernel = block.kernel, .stride = block.stride, .function = block.function});
  if (block.excites) y = excite(net, y, name + "/excite");
  y = net.conv(y, {.name = name + "/project", .channels = block.channels});
  const bool residual = block.stride == 1 && net.channels(x) == block.channels;
  return residual ? net.add(x, y, Function::None, name + "/add") : y;
}

void build_mobilenet_v3(const Values& values, Net& net) {
  const bool large = values.word("size") == "large";
  const bool minimalistic = values.word("minimalistic") == "yes";
  const double alpha = values.real("alpha");
  const Function swish = minimalistic ? Function::Relu : Function::HardSwish;
  ir::ValueId x = net.image(values.whole("resolution"), values.whole("channels"));
  x = net.conv(x, {.name = "stem", .channels = 16, .kernel = 3, .stride = 2, .function = swish});
  int count = 0;
  for (Block block : large ? std::span<const Block>(kLarge) : std::span<const Block>(kSmall)) {
    block.channels = make_divisible(static_cast<double>(block.channels) * alpha);
    if (minimalistic) block = {block.expansion, block.channels, 3, block.stride, false, Function::Relu};
    x = inverted_residual(net, x, block, fmt::format("block_{}", count++));
  }
  const auto wide = static_cast<double>(6 * net.channels(x));
  x = net.conv(x, {.name = "head", .channels = make_divisible(wide), .function = swish});
  x = net.mean(x, true, "pool");
  const double last = large ? 1280 : 1024;
  const std::int64_t units = make_divisible(alpha > 1 ? last * alpha : last);
  x = net.conv(x, {.name = "features", .channels = units, .function = swish, .norm = Norm::None});
  x = net.mean(x, false, "flatten");
  net.output(net.dense(x, values.whole("classes"), "logits"));
}

}  // namespace

constinit const Family kMobileNetV3{
    .name = "mobilenet_v3",
    .summary = "MobileNetV3: inverted residuals, squeeze and excitation, hard_swish",
    .parameters = kParameters,
    .build = &build_mobilenet_v3,
};

}  // namespace netfit::arch
