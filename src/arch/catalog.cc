// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "arch/family.h"
#include "base/text.h"

namespace netfit::arch {
namespace {

// Sorted by name, one a line.
// clang-format off
constexpr std::array kFamilies{
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

std::string allowed(const Parameter& parameter) {
  if (parameter.kind == ParameterKind::Word) return base::join(base::split(parameter.words, '|'), " or ");
  return fmt::format("{} to {}", parameter.low, parameter.high);
}

}  // namespace netfit::arch
