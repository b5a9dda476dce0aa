// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace netfit::formats {

/// In what a runtime computes a node of a file.
enum class Computes : std::uint8_t {
  Integer,
  Hybrid,  ///< on integers that the runtime makes of float data in each run
  Float,
};

struct NodeLabel {
  std::string node;       ///< its name, or that of its result
  std::string op;         ///< in the file's words
  bool is_layer = false;  ///< a convolution or a matrix product
  Computes computes = Computes::Float;
  std::string reason;   ///< why not on integers; empty where it does
  std::string weights;  ///< the type in which the file keeps a layer's weights: "i8", "f32"; empty if they are computed
  std::int64_t weight_count = 0;
};

}  // namespace netfit::formats
