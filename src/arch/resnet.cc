// SPDX-License-Identifier: Apache-2.0
// He et al., "Deep Residual Learning for Image Recognition", arXiv:1512.03385: ResNet-50 (table 1), where version 1.5
// moves the stride from the first 1x1 to the 3x3 convolution of a block (torchvision, MLPerf), and the networks for
// CIFAR-10 (section 4.2) with projections as shortcuts (Keras' example; depth 8 is MLPerf Tiny's).
#include <array>

#include <fmt/format.h>

#include "arch/family.h"

namespace netfit::arch {
namespace {

struct Bottlenecks {
  std::int64_t width;
  int repeats;
  std::int64_t stride;  ///< of the first; the others have 1
};

constexpr std::array kResNet50Stages{Bottlenecks{64, 3, 1}, Bottlenecks{128, 4, 2}, Bottlenecks{256, 6, 2},
                                     Bottlenecks{512, 3, 2}};

constexpr std::array kResNet50Parameters{
    resolution_parameter(),
    Parameter{.name = "version",
              .summary = "1 has the stride in the first convolution of a block, 1.5 in the second",
              .kind = ParameterKind::Word,
              .fallback = "1.5",
              .words = "1|1.5",
              .defining = false},
    channels_parameter(),
    classes_parameter(),
};

constexpr std::array kCifarParameters{
    Parameter{.name = "depth", .summary = "6 n + 2 layers with weights", .fallback = "8", .low = 8, .high = 1202},
    small_resolution_parameter(),
    channels_parameter(),
    classes_parameter("10"),
};

ir::ValueId bottleneck(Net& net, ir::ValueId x, const Bottlenecks& stage, std::int64_t first_stride,
                       const std::string& name) {
  const std::int64_t wide = 4 * stage.width;
  ir::ValueId shortcut = x;
  if (net.channels(x) != wide || stage.stride != 1) {
    shortcut = net.conv(x, {.name = name + "/shortcut", .channels = wide, .stride = stage.stride});
  }
  ir::ValueId y = net.conv(
      x, {.name = name + "/reduce", .channels = stage.width, .stride = first_stride, .function = Function::Relu});
  y = net.conv(y, {.name = name + "/conv",
                   .channels = stage.width,
                   .kernel = 3,
                   .stride = stage.stride / first_stride,
                   .function = Function::Relu,
                   .pads = Pads::Centred});
  y = net.conv(y, {.name = name + "/expand", .channels = wide});
  return net.add(shortcut, y, Function::Relu, name + "/add");
}

void build_resnet50(const Values& values, Net& net) {
  const bool first = values.word("version") == "1";
  ir::ValueId x = net.image(values.whole("resolution"), values.whole("channels"));
  x = net.conv(
      x, {.name = "stem", .channels = 64, .kernel = 7, .stride = 2, .function = Function::Relu, .pads = Pads::Centred});
  x = net.max_pool(x, 3, Pads::Centred, "stem/pool");
  for (std::size_t s = 0; s < kResNet50Stages.size(); ++s) {
    Bottlenecks stage = kResNet50Stages[s];
    for (int i = 0; i < kResNet50Stages[s].repeats; ++i) {
      x = bottleneck(net, x, stage, first ? stage.stride : 1, fmt::format("stage_{}/block_{}", s + 1, i));
      stage.stride = 1;
    }
  }
  net.classify(x, values.whole("classes"));
}

std::optional<std::string> depth_fault(const Values& values) {
  if (values.whole("depth") % 6 == 2) return std::nullopt;
  return fmt::format("depth {} is not 6 n + 2 (allowed: 8, 14, 20, 26, 32, ...)", values.whole("depth"));
}

void build_resnet_v1_cifar(const Values& values, Net& net) {
  const std::int64_t blocks = (values.whole("depth") - 2) / 6;
  std::vector<Stage> stages{{StageKind::Conv, 3, 1, 16, 1, 1, Function::Relu}};
  for (const std::int64_t width : {16, 32, 64}) {
    stages.push_back({StageKind::Residual, 3, 1, width, width == 16 ? 1 : 2, blocks, Function::Relu});
  }
  build_classifier(values, stages, net);
}

}  // namespace

constinit const Family kResNet50{
    .name = "resnet50",
    .summary = "ResNet-50: residual blocks with bottlenecks",
    .parameters = kResNet50Parameters,
    .build = &build_resnet50,
};

constinit const Family kResNetV1Cifar{
    .name = "resnet_v1_cifar",
    .summary = "ResNet for 32x32 images, 16 to 64 channels",
    .parameters = kCifarParameters,
    .fault = &depth_fault,
    .build = &build_resnet_v1_cifar,
};

}  // namespace netfit::arch
