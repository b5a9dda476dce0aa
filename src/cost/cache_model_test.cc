// SPDX-License-Identifier: Apache-2.0
#include "cost/cache_model.h"

#include <gtest/gtest.h>

#include "cost/schedule.h"

namespace netfit::cost {
namespace {

device::Cache cache_of(std::int64_t bytes) { return {.name = "l1d", .bytes = bytes, .line_bytes = 64, .ways = 4}; }

// 16 x 16 pixels of 32 channels to 32: input and output of 32 KiB each, weights of 4 KiB.
KernelShape pointwise() {
  return {.in_height = 16, .in_width = 16, .in_channels = 32, .out_height = 16, .out_width = 16, .out_channels = 32};
}

const CacheTraffic& of(const LoopNest& nest, const std::vector<CacheTraffic>& traffic, std::string_view name) {
  for (std::size_t i = 0; i < traffic.size(); ++i) {
    if (nest.operands[i].name == name) return traffic[i];
  }
  ADD_FAILURE() << "no operand " << name;
  return traffic.front();
}

TEST(CacheModel, FetchesEveryLineOnceWhereAllFits) {
  const LoopNest nest = convolution_nest(pointwise(), {});
  const std::vector<CacheTraffic> traffic = predict_traffic(nest, cache_of(1 << 20));
  EXPECT_EQ(of(nest, traffic, "input").misses, 512);
  EXPECT_EQ(of(nest, traffic, "weights").misses, 64);
  EXPECT_EQ(of(nest, traffic, "output").misses, 512);
}

TEST(CacheModel, FetchesWeightsForEachTileOfPixelsWhereTheyDoNotFit) {
  const LoopNest nest = convolution_nest(pointwise(), {.pixels = 4, .channels = 8, .vector_bytes = 16});
  const std::vector<CacheTraffic> traffic = predict_traffic(nest, cache_of(2048));
  EXPECT_EQ(of(nest, traffic, "weights").misses, 64 * 16 * 4);  // 16 rows of 4 tiles
  EXPECT_EQ(of(nest, traffic, "weights").first, 64);
}

TEST(CacheModel, DoesNotCountPadding) {
  KernelShape shape = pointwise();
  shape.kernel_height = shape.kernel_width = 3;
  shape.pad_top = shape.pad_left = 1;
  const LoopNest nest = depthwise_nest(shape, {});
  EXPECT_EQ(of(nest, predict_traffic(nest, cache_of(1 << 20)), "input").misses, 512);
}

TEST(CacheModel, MissesNoLessInASmallerCache) {
  const LoopNest nest = convolution_nest(pointwise(), {});
  double before = 0.0;
  for (std::int64_t bytes = 1 << 20; bytes >= 1024; bytes /= 4) {
    double misses = 0.0;
    for (const CacheTraffic& operand : predict_traffic(nest, cache_of(bytes))) misses += operand.misses;
    EXPECT_GE(misses, before) << bytes;
    before = misses;
  }
}

}  // namespace
}  // namespace netfit::cost
