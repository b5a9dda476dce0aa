// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "device/device.h"
#include "device/runtime.h"

// Made-up hardware and software with round figures, so that tests can say by hand what comes out.
namespace netfit::cost {

/// One core at 100 MHz that does one MAC of int8 or float32 a cycle; 64 KiB fast and 512 KiB slow RAM, 1 MiB flash.
inline device::Device small_board() {
  device::Device board;
  board.name = "small-board";
  board.core = "test-core";
  board.isa = "armv7e-m";
  board.clock_mhz = 100.0;
  board.simd = {.bits = 32, .macs_per_cycle = {{DType::Int8, 1.0}, {DType::Float32, 1.0}}};
  board.regions = {{"fast", device::MemoryKind::Ram, 64 * 1024, 1.0},
                   {"slow", device::MemoryKind::Ram, 512 * 1024, 0.5},
                   {"flash", device::MemoryKind::Flash, 1024 * 1024, 0.1}};
  board.power = {.scope = "the supply of the chip", .active_mw = 100.0};
  return board;
}

/// Four cores at 1 GHz with two levels of cache before one RAM, of which one core can use a third.
inline device::Device large_board() {
  device::Device board;
  board.name = "large-board";
  board.core = "test-core";
  board.isa = "armv8.2-a";
  board.clock_mhz = 1000.0;
  board.cores = 4;
  board.simd = {.bits = 128, .macs_per_cycle = {{DType::Int8, 32.0}, {DType::Float16, 16.0}, {DType::Float32, 8.0}}};
  board.caches = {{"l1", 32 * 1024, 64, 32.0, 1}, {"l2", 1024 * 1024, 64, 16.0, 4}};
  board.regions = {{"dram", device::MemoryKind::Ram, std::int64_t{1} << 32, 30.0, 10.0},
                   {"disk", device::MemoryKind::Flash, std::int64_t{1} << 36, 0.1}};
  board.power = {.scope = "the board", .active_mw = 2000.0, .per_further_core_mw = 500.0};
  return board;
}

/// Runs every type at half the peak, calls cost nothing.
inline device::Runtime plain_runtime() {
  device::Runtime runtime;
  runtime.name = "plain";
  runtime.arithmetic = {DType::Float32, DType::Float16, DType::Int8};
  runtime.fused_activations = {"relu", "relu6"};
  for (const DType type : runtime.arithmetic) {
    for (const device::KernelClass kernel :
         {device::KernelClass::Conv1x1, device::KernelClass::Conv, device::KernelClass::Stem,
          device::KernelClass::Depthwise, device::KernelClass::Grouped, device::KernelClass::FullyConnected,
          device::KernelClass::MatMul, device::KernelClass::Elementwise, device::KernelClass::Pool,
          device::KernelClass::Movement, device::KernelClass::Transcendental}) {
      runtime.efficiency[type][kernel] = 0.5;
    }
  }
  runtime.in_place = true;
  runtime.parallel_share = 0.9;
  return runtime;
}

}  // namespace netfit::cost
