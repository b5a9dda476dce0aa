// SPDX-License-Identifier: Apache-2.0
#include "exec/file_port.h"

#include <cstring>

namespace netfit::exec {
namespace {

// Each sample as a matrix of `rows` x `columns` elements, transposed.
void transpose_samples(const std::byte* source, std::byte* target, std::int64_t samples, std::int64_t rows,
                       std::int64_t columns, std::int64_t element_bytes) {
  for (std::int64_t sample = 0; sample < samples; ++sample) {
    for (std::int64_t row = 0; row < rows; ++row) {
      for (std::int64_t column = 0; column < columns; ++column) {
        std::memcpy(target + (column * rows + row) * element_bytes, source + (row * columns + column) * element_bytes,
                    static_cast<std::size_t>(element_bytes));
      }
    }
    source += rows * columns * element_bytes;
    target += rows * columns * element_bytes;
  }
}

}  // namespace

FilePort::FilePort(const ir::Value& value, ir::Layout layout)
    : name_(value.name),
      dtype_(value.dtype),
      file_shape_(value.shape),
      sample_bytes_(tensor::bytes_for(value.dtype, value.shape.element_count())) {
  const int rank = value.shape.rank();
  if (layout != ir::Layout::ChannelsFirst || rank < 3) return;
  channels_ = value.shape.dim(-1);
  file_shape_ = value.shape.with_dim(1, channels_);
  for (int axis = 2; axis < rank; ++axis) file_shape_ = file_shape_.with_dim(axis, value.shape[axis - 1]);
  for (int axis = 1; axis < rank - 1; ++axis) pixels_ *= value.shape[axis];
}

void FilePort::to_file(const std::byte* graph, std::byte* file, std::int64_t batch) const {
  if (channels_ == 1) {
    std::memcpy(file, graph, static_cast<std::size_t>(byte_count(batch)));
  } else {
    transpose_samples(graph, file, batch, pixels_, channels_, tensor::bytes_for(dtype_, 1));
  }
}

void FilePort::to_graph(const std::byte* file, std::byte* graph, std::int64_t batch) const {
  if (channels_ == 1) {
    std::memcpy(graph, file, static_cast<std::size_t>(byte_count(batch)));
  } else {
    transpose_samples(file, graph, batch, channels_, pixels_, tensor::bytes_for(dtype_, 1));
  }
}

std::vector<FilePort> input_ports(const ir::Graph& graph) {
  std::vector<FilePort> ports;
  for (const ir::GraphInput& input : graph.inputs) ports.emplace_back(graph.value(input.value), input.layout);
  return ports;
}

std::vector<FilePort> output_ports(const ir::Graph& graph) {
  std::vector<FilePort> ports;
  for (const ir::GraphOutput& output : graph.outputs) ports.emplace_back(graph.value(output.value), output.layout);
  return ports;
}

}  // namespace netfit::exec
