// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace netfit::ir {

enum class ColorOrder : std::uint8_t { Rgb, Bgr };

/// What an 8-bit image becomes before it enters the graph: value = (pixel * scale - mean[c]) / std[c], channels in
/// `order`. `mean` and `std` have one element for every channel, or one for all.
struct Preprocessing {
  float scale = 1.0F;
  std::vector<float> mean{0.0F};
  std::vector<float> std{1.0F};
  ColorOrder order = ColorOrder::Rgb;

  friend bool operator==(const Preprocessing&, const Preprocessing&) = default;
};

/// In which order a file presents the axes of an image-like input or output. Inside a Graph they are always
/// channels-last; ChannelsFirst says that the file has [n,c,h,w] where the graph has [n,h,w,c].
enum class Layout : std::uint8_t { ChannelsLast, ChannelsFirst };

}  // namespace netfit::ir
