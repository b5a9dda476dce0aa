// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ir/op_spec.h"

namespace netfit::ir {

struct BatchNormAttrs {
  float epsilon = 1e-5F;

  static constexpr auto fields() { return std::tuple{Field{"epsilon", &BatchNormAttrs::epsilon}}; }
};

/// batch_norm(x[...,c], scale[c], shift[c], mean[c], variance[c]):
/// (x - mean) * scale / sqrt(variance + epsilon) + shift. Float only.
extern const OpSpec kBatchNorm;

}  // namespace netfit::ir
