// SPDX-License-Identifier: Apache-2.0
// Howard et al., "MobileNets", arXiv:1704.04861, table 1, as in TensorFlow's slim/nets/mobilenet_v1.py (scaled channels
// are cut to whole numbers, at least 8), and Qin et al., "FD-MobileNet", arXiv:1802.03750, table 1: the same blocks,
// but an image that is 32 times smaller within the first 12 layers.
#include <algorithm>
#include <array>

#include "arch/family.h"

namespace netfit::arch {
namespace {

constexpr StageKind kConv = StageKind::Conv;
constexpr StageKind kDs = StageKind::Separable;

constexpr std::array kMobileNet{Stage{kConv, 3, 1, 32, 2},   Stage{kDs, 3, 1, 64},        Stage{kDs, 3, 1, 128, 2, 2},
                                Stage{kDs, 3, 1, 256, 2, 2}, Stage{kDs, 3, 1, 512, 2, 6}, Stage{kDs, 3, 1, 1024, 2, 2}};

constexpr Function kRe = Function::Relu;

constexpr std::array kFast{Stage{kConv, 3, 1, 32, 2, 1, kRe}, Stage{kDs, 3, 1, 64, 2, 1, kRe},
                           Stage{kDs, 3, 1, 128, 2, 2, kRe},  Stage{kDs, 3, 1, 256, 2, 2, kRe},
                           Stage{kDs, 3, 1, 512, 2, 5, kRe},  Stage{kDs, 3, 1, 1024, 1, 1, kRe}};

constexpr std::array kParameters{alpha_parameter(), resolution_parameter(), channels_parameter(), classes_parameter()};
constexpr std::array kCifarParameters{alpha_parameter(), small_resolution_parameter(), channels_parameter(),
                                      classes_parameter("10")};

std::vector<Stage> scaled(const Values& values, std::span<const Stage> table) {
  std::vector<Stage> stages(table.begin(), table.end());
  for (Stage& stage : stages) {
    const double channels = static_cast<double>(stage.channels) * values.real("alpha");
    stage.channels = std::max<std::int64_t>(8, static_cast<std::int64_t>(channels));
  }
  return stages;
}

void build_mobilenet_v1(const Values& values, Net& net) { build_classifier(values, scaled(values, kMobileNet), net); }
void build_mobilenet_v1_cifar(const Values& values, Net& net) {
  build_classifier(values, for_small_images(scaled(values, kMobileNet)), net);
}
void build_fd_mobilenet(const Values& values, Net& net) { build_classifier(values, scaled(values, kFast), net); }

}  // namespace

constinit const Family kFdMobileNet{
    .name = "fd_mobilenet",
    .summary = "FD-MobileNet: MobileNet with fast downsampling",
    .parameters = kParameters,
    .build = &build_fd_mobilenet,
};

constinit const Family kMobileNetV1{
    .name = "mobilenet_v1",
    .summary = "MobileNet: depthwise separable convolutions",
    .parameters = kParameters,
    .build = &build_mobilenet_v1,
};

constinit const Family kMobileNetV1Cifar{
    .name = "mobilenet_v1_cifar",
    .summary = "MobileNet for 32x32 images",
    .parameters = kCifarParameters,
    .build = &build_mobilenet_v1_cifar,
    .output = Output::Logits,
};

}  // namespace netfit::arch
