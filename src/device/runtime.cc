// SPDX-License-Identifier: Apache-2.0
#include "device/runtime.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace netfit::device {
namespace {

constexpr std::array kKernelClasses{
    KernelClass::Conv1x1, KernelClass::Conv,           KernelClass::Stem,           KernelClass::Depthwise,
    KernelClass::Grouped, KernelClass::FullyConnected, KernelClass::MatMul,         KernelClass::Elementwise,
    KernelClass::Pool,    KernelClass::Movement,       KernelClass::Transcendental,
};

}  // namespace

std::string_view name(KernelClass kernel) {
  switch (kernel) {
    case KernelClass::Conv1x1:
      return "conv1x1";
    case KernelClass::Conv:
      return "conv";
    case KernelClass::Stem:
      return "stem";
    case KernelClass::Depthwise:
      return "depthwise";
    case KernelClass::Grouped:
      return "grouped";
    case KernelClass::FullyConnected:
      return "fully_connected";
    case KernelClass::MatMul:
      return "matmul";
    case KernelClass::Elementwise:
      return "elementwise";
    case KernelClass::Pool:
      return "pool";
    case KernelClass::Movement:
      return "movement";
    case KernelClass::Transcendental:
      return "transcendental";
  }
  NETFIT_UNREACHABLE();
}

std::optional<KernelClass> find_kernel_class(std::string_view word) {
  const auto* found = std::ranges::find(kKernelClasses, word, [](KernelClass kernel) { return name(kernel); });
  if (found == kKernelClasses.end()) return std::nullopt;
  return *found;
}

std::span<const KernelClass> kernel_classes() { return kKernelClasses; }

}  // namespace netfit::device
