// SPDX-License-Identifier: Apache-2.0
// Howard et al., "MobileNets", arXiv:1704.04861, table 1, as in TensorFlow's slim/nets/mobilenet_v1.py (scaled channels
// are cut to whole numbers, at least 8), and Qin et al., "FD-MobileNet", arXiv:1802.03750, table 1: the same blocks,
// but an image that is 32 times smaller within the first 12 layers.
#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "arch/family.h"

namespace netfit::arch {
namespace {

struct Block {
  std::int64_t channels;
  std::int64_t stride;
};

constexpr std::array kMobileNetBlocks{Block{64, 1},  Block{128, 2},  Block{128, 1}, Block{256, 2}, Block{256, 1},
                                      Block{512, 2}, Block{512, 1},  Block{512, 1}, Block{512, 1}, Block{512, 1},
                                      Block{512, 1}, Block{1024, 2}, Block{1024, 1}};

constexpr std::array kFastBlocks{Block{64, 2},  Block{128, 2}, Block{128, 1}, Block{256, 2},
                                 Block{256, 1}, Block{512, 2}, Block{512, 1}, Block{512, 1},
                                 Block{512, 1}, Block{512, 1}, Block{1024, 1}};

constexpr std::array kParameters{alpha_parameter(), resolution_parameter(), channels_parameter(), classes_parameter()};

void build_blocks(const Values& values, std::span<const Block> blocks, Function function, Net& net) {
  const auto scaled = [alpha = values.real("alpha")](std::int64_t channels) {
    return std::max<std::int64_t>(8, static_cast<std::int64_t>(static_cast<double>(channels) * alpha));
  };
  ir::ValueId x = net.image(values.whole("resolution"), values.whole("channels"));
  x = net.conv(x, {.name = "stem", .channels = scaled(32), .kernel = 3, .stride = 2, .function = function});
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const std::string name = fmt::format("block_{}", i + 1);
    x = net.depthwise(x, {.name = name + "/depthwise", .kernel = 3, .stride = blocks[i].stride, .function = function});
    x = net.conv(x, {.name = name + "/pointwise", .channels = scaled(blocks[i].channels), .function = function});
  }
  net.classify(x, values.whole("classes"));
}

void build_mobilenet_v1(const Values& values, Net& net) {
  build_blocks(values, kMobileNetBlocks, Function::Relu6, net);
}
void build_fd_mobilenet(const Values& values, Net& net) { build_blocks(values, kFastBlocks, Function::Relu, net); }

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

}  // namespace netfit::arch
