// SPDX-License-Identifier: Apache-2.0
#include "cost/roofline.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "cost/test_devices.h"
#include "support/graph_text.h"

namespace netfit::cost {
namespace {

constexpr std::string_view kText = R"(graph main(%x: f32[1,8,8,16]) -> (%y) {
    const @w: f32[32,1,1,16] = random(1)
    %c = conv2d(%x, @w)
    %y = mean(%c) axes=[1,2]
  })";

TEST(Roofline, BoundsEachLayerByPeakAndMemory) {
  const ir::Graph graph = support::graph_of(kText);
  device::Device device = large_board();
  const Roofline roof = roofline(graph, device, plain_runtime(), {}).value();
  ASSERT_EQ(roof.points.size(), 1U) << "what has no MACs has no place under a roof of MACs";
  const RooflinePoint& point = roof.points.front();
  EXPECT_EQ(point.macs, 8 * 8 * 16 * 32);
  EXPECT_EQ(point.bytes, 4 * (8 * 8 * 16 + 8 * 8 * 32 + 32 * 16));
  EXPECT_DOUBLE_EQ(roof.peak_gmacs_s, device.simd.macs_per_cycle.at(DType::Float32) * device.clock_mhz / 1e3);
  EXPECT_DOUBLE_EQ(roof.ridge_intensity, roof.peak_gmacs_s / roof.bandwidth_gb_s);
  EXPECT_DOUBLE_EQ(point.roof_gmacs_s, std::min(roof.peak_gmacs_s, point.intensity * roof.bandwidth_gb_s));
  EXPECT_EQ(point.memory_bound, point.intensity < roof.ridge_intensity);
  EXPECT_GT(point.attained_gmacs_s, 0.0);
  EXPECT_LE(point.attained_gmacs_s, roof.peak_gmacs_s);
}

TEST(Roofline, NeedsALatencyAndABandwidth) {
  const ir::Graph graph = support::graph_of(kText);
  device::Device device = large_board();
  device.simd.macs_per_cycle.clear();
  EXPECT_NE(roofline(graph, device, plain_runtime(), {}).error().text().find("no latency: device"), std::string::npos);
  device = large_board();
  for (device::MemoryRegion& region : device.regions) region.bandwidth_gb_s = region.core_bandwidth_gb_s = 0.0;
  EXPECT_NE(roofline(graph, device, plain_runtime(), {}).error().text().find("states no bandwidth"), std::string::npos);
}

}  // namespace
}  // namespace netfit::cost
