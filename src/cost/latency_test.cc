// SPDX-License-Identifier: Apache-2.0
#include "cost/latency.h"

#include <gtest/gtest.h>

#include "cost/test_devices.h"

namespace netfit::cost {
namespace {

using device::KernelClass;

Kernel conv(std::int64_t operations, std::int64_t channels, DType type) {
  return {.kind = KernelClass::Conv,
          .arithmetic = type,
          .macs = operations,
          .operations = operations,
          .channels = channels};
}

TEST(TimeKernel, DividesOperationsByWhatTheCoreReaches) {
  const device::Device board = small_board();
  const device::Runtime runtime = plain_runtime();
  // 100 MHz at half of one MAC a cycle: 50,000 a millisecond.
  const KernelTime time = time_kernel(conv(100'000, 4, DType::Int8), {board, runtime});
  EXPECT_DOUBLE_EQ(time.compute_ms, 2.0);
  EXPECT_DOUBLE_EQ(time.memory_ms, 0.0);
  EXPECT_DOUBLE_EQ(time.total_ms(), 2.0);
}

TEST(TimeKernel, RoundsChannelsUpToWholeVectors) {
  const device::Device board = large_board();
  EXPECT_DOUBLE_EQ(padded_operations(conv(900, 9, DType::Float32), board), 1200.0);
  EXPECT_DOUBLE_EQ(padded_operations(conv(900, 9, DType::Float16), board), 1600.0);
  EXPECT_DOUBLE_EQ(padded_operations(conv(800, 8, DType::Float16), board), 800.0);
  Kernel matrix = conv(900, 9, DType::Float32);
  matrix.kind = KernelClass::FullyConnected;
  EXPECT_DOUBLE_EQ(padded_operations(matrix, board), 900.0) << "its vectors lie along the input";
}

TEST(TimeKernel, TakesBytesFromTheLevelThatHoldsThem) {
  const device::Device board = large_board();
  const device::Runtime runtime = plain_runtime();
  Kernel kernel = conv(0, 8, DType::Float32);
  LatencyContext context{board, runtime, 1, &board.regions[0], &board.regions[0], 1000};
  kernel.activation_bytes = 32 * 1024;
  EXPECT_DOUBLE_EQ(time_kernel(kernel, context).memory_ms, 0.0) << "the nearest cache is part of the efficiency";
  kernel.activation_bytes = 160'000;  // 16 bytes a cycle at 1 GHz
  EXPECT_DOUBLE_EQ(time_kernel(kernel, context).memory_ms, 0.01);
  kernel.activation_bytes = 10'000'000;  // 10 GB/s
  EXPECT_DOUBLE_EQ(time_kernel(kernel, context).memory_ms, 1.0);
  context.threads = 2;
  EXPECT_DOUBLE_EQ(time_kernel(kernel, context).memory_ms, 0.5);
  context.threads = 4;
  EXPECT_DOUBLE_EQ(time_kernel(kernel, context).memory_ms, 1.0 / 3) << "four cores share what memory gives";
}

TEST(TimeKernel, TakesWeightsFromTheLevelThatKeepsAllOfThem) {
  const device::Device board = large_board();
  const device::Runtime runtime = plain_runtime();
  Kernel kernel = conv(0, 8, DType::Float32);
  kernel.weight_bytes = 160'000;
  LatencyContext context{board, runtime, 1, &board.regions[0], &board.regions[0], 1'000'000};
  EXPECT_DOUBLE_EQ(time_kernel(kernel, context).memory_ms, 0.01);
  context.weight_bytes = 2'000'000;
  EXPECT_DOUBLE_EQ(time_kernel(kernel, context).memory_ms, 0.016) << "thrown out before the next inference";
}

TEST(TimeKernel, SharesOnlyTheParallelPartAmongThreads) {
  const device::Device board = large_board();
  device::Runtime runtime = plain_runtime();
  runtime.layer_overhead_cycles = 1e6;
  EXPECT_DOUBLE_EQ(speed_up(0.9, 1), 1.0);
  EXPECT_DOUBLE_EQ(speed_up(1.0, 4), 4.0);
  const Kernel kernel = conv(4'000'000, 8, DType::Float32);
  const KernelTime one = time_kernel(kernel, {board, runtime, 1});
  const KernelTime four = time_kernel(kernel, {board, runtime, 4});
  EXPECT_DOUBLE_EQ(one.compute_ms, 1.0);
  EXPECT_DOUBLE_EQ(four.compute_ms, 0.1 + 0.9 / 4);
  EXPECT_DOUBLE_EQ(four.overhead_ms, 1.0);
}

TEST(FindMissingFigure, NamesWhatDeviceOrRuntimeLack) {
  const std::vector<Kernel> kernels{conv(1, 1, DType::Float16)};
  EXPECT_EQ(find_missing_figure(kernels, small_board(), plain_runtime()),
            "device 'small-board' has no peak figure for f16");
  device::Runtime runtime = plain_runtime();
  runtime.efficiency[DType::Float16].erase(KernelClass::Conv);
  EXPECT_EQ(find_missing_figure(kernels, large_board(), runtime),
            "runtime 'plain' has no efficiency figure for conv in f16");
  EXPECT_EQ(find_missing_figure(kernels, large_board(), plain_runtime()), std::nullopt);
}

}  // namespace
}  // namespace netfit::cost
