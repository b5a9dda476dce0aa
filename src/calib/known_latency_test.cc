// SPDX-License-Identifier: Apache-2.0
#include "calib/known_latency.h"

#include <string_view>

#include <gtest/gtest.h>

#include "arch/arch.h"
#include "base/files.h"

namespace netfit::calib {
namespace {

Calibration shipped() {
  const base::Bytes bytes = base::read_file("measurements/coefficients.csv").value();
  return read_calibration(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())).value();
}

device::Device orin() {
  device::Device device;
  device.core = "cortex-a78ae";
  device.clock_mhz = 2200;
  device.measured_as = {"jetson-agx-orin/cortex-a78ae@2200"};
  return device;
}

device::Runtime ncnn() {
  device::Runtime runtime;
  runtime.title = "ncnn";
  runtime.version = "2023";
  return runtime;
}

TEST(KnownLatency, IsThatOfTheBoardInTheTables) {
  const ir::Graph graph = arch::build("mobilenet_v1").value();
  const std::optional<Reading> reading = known_latency(graph, orin(), ncnn(), 1, std::nullopt, shipped());
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->source, base::Source::Calibrated);
  EXPECT_NEAR(reading->value, 19.56, 0.15 * 19.56);  // measurements/published.csv, ncnn/mobilenet.param
  EXPECT_LT(reading->high / reading->value, 1.6);
}

TEST(KnownLatency, IsOfThatClockRuntimeAndNumberOfThreadsAlone) {
  const Calibration calibration = shipped();
  const ir::Graph graph = arch::build("mobilenet_v2").value();
  device::Device slow = orin();
  slow.clock_mhz = 1100;
  EXPECT_FALSE(known_latency(graph, slow, ncnn(), 1, std::nullopt, calibration));
  EXPECT_FALSE(known_latency(graph, orin(), ncnn(), 3, std::nullopt, calibration));
  device::Runtime other = ncnn();
  other.title = "another runtime";
  EXPECT_FALSE(known_latency(graph, orin(), other, 1, std::nullopt, calibration));
  device::Device unknown = orin();
  unknown.measured_as.clear();
  EXPECT_FALSE(known_latency(graph, unknown, ncnn(), 1, std::nullopt, calibration));
}

TEST(KnownLatency, OfAMicrocontrollerIsOfIntegers) {
  const Calibration calibration = shipped();
  device::Device board;
  board.core = "cortex-m7";
  board.clock_mhz = 400;
  board.measured_as = {"stm32h747i-disco/cortex-m7@400"};
  device::Runtime runtime;
  runtime.title = "X-CUBE-AI";
  runtime.version = "10.0.0";
  const ir::Graph graph = arch::build("mobilenet_v1:alpha=0.25,resolution=96").value();
  EXPECT_FALSE(known_latency(graph, board, runtime, 1, std::nullopt, calibration));
  EXPECT_TRUE(known_latency(graph, board, runtime, 1, DType::Int8, calibration));
}

}  // namespace
}  // namespace netfit::calib
