// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "ir/op_spec.h"

namespace netfit::ir {

struct ConcatAttrs {
  std::int64_t axis = 0;

  static constexpr auto fields() { return std::tuple{Field{"axis", &ConcatAttrs::axis}}; }
};

/// Elements added before and behind along each axis, filled with the real number `value`.
struct PadAttrs {
  std::vector<std::int64_t> before;
  std::vector<std::int64_t> after;
  float value = 0.0F;

  static constexpr auto fields() {
    return std::tuple{Field{"before", &PadAttrs::before}, Field{"after", &PadAttrs::after},
                      Field{"value", &PadAttrs::value}};
  }
};

struct ReshapeAttrs {
  std::vector<std::int64_t> shape;

  static constexpr auto fields() { return std::tuple{Field{"shape", &ReshapeAttrs::shape}}; }
};

/// Result axis i is the input's axis perm[i].
struct TransposeAttrs {
  std::vector<std::int64_t> perm;

  static constexpr auto fields() { return std::tuple{Field{"perm", &TransposeAttrs::perm}}; }
};

extern const OpSpec kConcat;
extern const OpSpec kPad;
extern const OpSpec kReshape;
extern const OpSpec kTranspose;

}  // namespace netfit::ir
