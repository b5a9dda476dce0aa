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
    &kFdMobileNet,
    &kMobileNetV1,
    &kMobileNetV2,
    &kMobileNetV2Cifar,
    &kMobileNetV3,
    &kResNet50,
    &kResNetV1Cifar,
    &kSqueezeNet,
};
// clang-format on

}  // namespace

std::span<const Family* const> families() { return kFamilies; }

}  // namespace netfit::arch
