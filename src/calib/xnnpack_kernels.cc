// SPDX-License-Identifier: Apache-2.0
#include "calib/xnnpack_kernels.h"

#include <algorithm>
#include <array>

namespace netfit::calib {
namespace {

struct KernelSet {
  std::string_view feature;  // of the CPU that it needs
  std::string_view runtime;
  cost::TiledKernels kernels;
};

// From the names of XNNPACK's micro-kernels in its src/configs: f32-gemm "5x16" computes 5 pixels of 16 channels,
// "3x8c8" takes 8 input channels a step. The first whose feature is there counts.
constexpr std::array kSets{
    KernelSet{
        "avx512_vnni", "litert-avx512vnni", {.float32 = {7, 32, 1}, .int8 = {7, 16, 4}, .depthwise_channels = 16}},
    KernelSet{"avx512f", "litert-avx512", {.float32 = {7, 32, 1}, .int8 = {7, 16, 8}, .depthwise_channels = 16}},
    KernelSet{"avx2", "litert-avx2", {.float32 = {5, 16, 1}, .int8 = {3, 8, 8}, .depthwise_channels = 16}},
    KernelSet{"asimddp", "litert-neondot", {.float32 = {6, 8, 1}, .int8 = {4, 16, 4}, .depthwise_channels = 8}},
    KernelSet{"", "litert", {.float32 = {4, 8, 1}, .int8 = {4, 8, 8}, .depthwise_channels = 8}},
};

}  // namespace

std::string host_runtime(std::span<const std::string> cpu_features) {
  const auto* set = std::ranges::find_if(kSets, [&](const KernelSet& candidate) {
    return candidate.feature.empty() || std::ranges::find(cpu_features, candidate.feature) != cpu_features.end();
  });
  return std::string(set->runtime);
}

cost::TiledKernels xnnpack_kernels(std::string_view runtime) {
  if (runtime.ends_with(kHostInt8)) runtime.remove_suffix(kHostInt8.size());
  const auto* set = std::ranges::find(kSets, runtime, &KernelSet::runtime);
  return set != kSets.end() ? set->kernels : kSets.back().kernels;
}

}  // namespace netfit::calib
