// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "arch/family.h"

namespace netfit::arch {
namespace {

// Sorted by name, one a line.
// clang-format off
constexpr std::array kFamilies{
    &kBlocks,
    &kEfficientNetLite,
    &kEfficientNetLiteCifar,
    &kFdMobileNet,
    &kMobileNetV1,
    &kMobileNetV1Cifar,
    &kMobileNetV2,
    &kMobileNetV2Cifar,
    &kMobileNetV3,
    &kMobileNetV3Cifar,
    &kNasBench201,
    &kResNet50,
    &kResNetV1Cifar,
    &kSqueezeNet,
};
// clang-format on

}  // namespace

std::span<const Family* const> families() { return kFamilies; }

}  // namespace netfit::arch
