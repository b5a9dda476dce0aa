// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace netfit::exec {

/// An input or output as the model file presents it: same type, but its axes may be channels-first.
class FilePort {
 public:
  FilePort(const ir::Value& value, ir::Layout layout);

  const std::string& name() const { return name_; }
  DType dtype() const { return dtype_; }
  /// In the file's layout, for `batch` samples.
  Shape file_shape(std::int64_t batch) const { return file_shape_.with_dim(0, batch); }
  std::int64_t byte_count(std::int64_t batch) const { return batch * sample_bytes_; }

  /// Copies `batch` samples and moves axes where the layouts differ.
  void to_file(const std::byte* graph, std::byte* file, std::int64_t batch) const;
  void to_graph(const std::byte* file, std::byte* graph, std::int64_t batch) const;

 private:
  std::string name_;
  DType dtype_;
  Shape file_shape_;
  std::int64_t sample_bytes_;
  std::int64_t channels_ = 1;  // of a channels-first port; 1 means that there is nothing to move
  std::int64_t pixels_ = 1;
};

std::vector<FilePort> input_ports(const ir::Graph& graph);
std::vector<FilePort> output_ports(const ir::Graph& graph);

}  // namespace netfit::exec
