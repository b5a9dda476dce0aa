// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <vector>

#include "data/image.h"

namespace netfit::data {
namespace {

// Where a target pixel's centre lies between two source pixels along one axis.
struct Tap {
  std::int64_t low;
  std::int64_t high;
  double weight;  // of high
};

std::vector<Tap> make_taps(std::int64_t source, std::int64_t target) {
  std::vector<Tap> taps;
  for (std::int64_t i = 0; i < target; ++i) {
    const double ratio = static_cast<double>(source) / static_cast<double>(target);
    const double center = (static_cast<double>(i) + 0.5) * ratio - 0.5;
    const double clamped = std::clamp(center, 0.0, static_cast<double>(source - 1));
    const auto low = static_cast<std::int64_t>(clamped);
    taps.push_back({low, std::min(low + 1, source - 1), clamped - static_cast<double>(low)});
  }
  return taps;
}

}  // namespace

Tensor resize(const Tensor& images, Extent extent) {
  const Shape& shape = images.shape();
  if (shape[1] == extent.height && shape[2] == extent.width) return images;
  const std::int64_t channels = shape[3];
  const std::vector<Tap> rows = make_taps(shape[1], extent.height);
  const std::vector<Tap> columns = make_taps(shape[2], extent.width);
  Tensor resized(DType::UInt8, shape.with_dim(1, extent.height).with_dim(2, extent.width));
  std::uint8_t* out = resized.mutable_data<std::uint8_t>().data();
  for (std::int64_t n = 0; n < shape[0]; ++n) {
    const std::uint8_t* image = images.data<std::uint8_t>().data() + n * shape[1] * shape[2] * channels;
    const auto at = [&](std::int64_t y, std::int64_t x, std::int64_t c) {
      return static_cast<double>(image[(y * shape[2] + x) * channels + c]);
    };
    for (const Tap& row : rows) {
      for (const Tap& column : columns) {
        for (std::int64_t c = 0; c < channels; ++c) {
          const double top = std::lerp(at(row.low, column.low, c), at(row.low, column.high, c), column.weight);
          const double bottom = std::lerp(at(row.high, column.low, c), at(row.high, column.high, c), column.weight);
          *out++ = static_cast<std::uint8_t>(std::lround(std::lerp(top, bottom, row.weight)));
        }
      }
    }
  }
  return resized;
}

}  // namespace netfit::data
