// SPDX-License-Identifier: Apache-2.0
// Loop orders of the kernels in use (XNNPACK's igemm, dwconv and gemm; CMSIS-NN's with tiles of 2 by 2 differ in the
// size of the tiles only). A last tile that is not full goes beyond its row: kernels compute such rows twice, or read
// on.
#include "cost/schedule.h"

#include <array>

namespace netfit::cost {
namespace {

constexpr std::int64_t kAlignment = 64;
constexpr std::array<std::string_view, 4> kInputNames{"input", "input 2", "input 3", "input 4"};

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

// One array behind the other, as in an arena.
void place(LoopNest& nest) {
  std::int64_t address = 0;
  for (Operand& operand : nest.operands) {
    operand.base = address;
    address += divide_up(operand.bytes, kAlignment) * kAlignment;
  }
}

Operand input_of(const KernelShape& shape) {
  const std::int64_t pixel = shape.in_channels * shape.element_bytes;
  return {.name = "input",
          .bytes = shape.in_height * shape.in_width * pixel,
          .offset = -(shape.pad_top * shape.in_width + shape.pad_left) * pixel};
}

Operand output_of(const KernelShape& shape) {
  return {.name = "output",
          .bytes = shape.out_height * shape.out_width * shape.out_channels * shape.element_bytes,
          .writes = true};
}

// Depthwise convolution and pool; loops: output row, output column, vector of channels, tap row, tap column.
LoopNest window_nest(const KernelShape& shape, const Tiles& tiles, bool weights) {
  const std::int64_t pixel = shape.in_channels * shape.element_bytes;
  const std::int64_t vector = std::min(tiles.vector_bytes, pixel);
  LoopNest nest;
  nest.trips = {shape.out_height, shape.out_width, divide_up(pixel, vector), shape.kernel_height, shape.kernel_width};
  Operand input = input_of(shape);
  input.width = vector;
  input.steps = {shape.stride * shape.in_width * pixel, shape.stride * pixel, vector, shape.in_width * pixel, pixel};
  nest.operands.push_back(input);
  if (weights) {
    const std::int64_t taps = shape.kernel_height * shape.kernel_width;
    nest.operands.push_back({.name = "weights",
                             .bytes = nest.trips[2] * taps * vector,
                             .width = vector,
                             .steps = {0, 0, taps * vector, shape.kernel_width * vector, vector}});
  }
  Operand output = output_of(shape);
  output.width = vector;
  output.steps = {shape.out_width * pixel, pixel, vector};
  nest.operands.push_back(output);
  place(nest);
  return nest;
}

}  // namespace

LoopNest convolution_nest(const KernelShape& shape, const Tiles& tiles) {
  const std::int64_t element = shape.element_bytes;
  const std::int64_t pixel = shape.in_channels * element;
  const std::int64_t out_pixel = shape.out_channels * element;
  const std::int64_t vector = std::min(tiles.vector_bytes, pixel);
  const std::int64_t vectors = divide_up(pixel, vector);
  const std::int64_t channels = std::min(tiles.channels, shape.out_channels);
  const std::int64_t pixels = std::min(tiles.pixels, shape.out_width);
  const std::int64_t panel = vector * channels;  // weights of one vector of input channels for a tile of outputs
  LoopNest nest;
  nest.trips = {shape.out_height,
                divide_up(shape.out_width, pixels),
                divide_up(shape.out_channels, channels),
                shape.kernel_height,
                shape.kernel_width,
                vectors};
  Operand input = input_of(shape);
  input.width = vector;
  input.rows = pixels;
  input.row_step = shape.stride * pixel;
  input.steps = {
      shape.stride * shape.in_width * pixel, pixels * shape.stride * pixel, 0, shape.in_width * pixel, pixel, vector};
  const std::int64_t tap = vectors * panel;
  Operand weights{
      .name = "weights",
      .bytes = nest.trips[2] * shape.kernel_height * shape.kernel_width * tap,
      .width = panel,
      .steps = {0, 0, shape.kernel_height * shape.kernel_width * tap, shape.kernel_width * tap, tap, panel}};
  Operand output = output_of(shape);
  output.width = channels * element;
  output.rows = pixels;
  output.row_step = out_pixel;
  output.steps = {shape.out_width * out_pixel, pixels * out_pixel, channels * element};
  nest.operands = {input, weights, output};
  place(nest);
  return nest;
}

LoopNest depthwise_nest(const KernelShape& shape, const Tiles& tiles) { return window_nest(shape, tiles, true); }

LoopNest pool_nest(const KernelShape& shape, const Tiles& tiles) { return window_nest(shape, tiles, false); }

LoopNest fully_connected_nest(const KernelShape& shape, const Tiles& tiles) {
  KernelShape product = shape;
  product.in_height = product.in_width = product.out_height = product.out_width = 1;
  product.kernel_height = product.kernel_width = product.stride = 1;
  product.pad_top = product.pad_left = 0;
  return convolution_nest(product, tiles);
}

LoopNest elementwise_nest(std::int64_t inputs, std::int64_t bytes, const Tiles& tiles) {
  LoopNest nest;
  nest.trips = {divide_up(bytes, tiles.vector_bytes)};
  for (std::int64_t i = 0; i <= inputs; ++i) {
    const bool output = i == inputs;
    const std::size_t name = std::min<std::size_t>(static_cast<std::size_t>(i), kInputNames.size() - 1);
    nest.operands.push_back({.name = output ? "output" : kInputNames.at(name),
                             .bytes = bytes,
                             .width = tiles.vector_bytes,
                             .steps = {tiles.vector_bytes},
                             .writes = output});
  }
  place(nest);
  return nest;
}

}  // namespace netfit::cost
