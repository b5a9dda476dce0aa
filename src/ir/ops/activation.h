// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "ir/op_spec.h"

namespace netfit::ir {

/// max(0, min(1, alpha * x + beta)).
struct HardSigmoidAttrs {
  float alpha = 1.0F / 6.0F;
  float beta = 0.5F;

  static constexpr auto fields() {
    return std::tuple{Field{"alpha", &HardSigmoidAttrs::alpha}, Field{"beta", &HardSigmoidAttrs::beta}};
  }
};

/// x where it is positive, alpha * x elsewhere; alpha may have any sign and size.
struct LeakyReluAttrs {
  float alpha = 0.01F;

  static constexpr auto fields() { return std::tuple{Field{"alpha", &LeakyReluAttrs::alpha}}; }
};

/// Over the last axis: exp(beta * x) / sum exp(beta * x).
struct SoftmaxAttrs {
  float beta = 1.0F;

  static constexpr auto fields() { return std::tuple{Field{"beta", &SoftmaxAttrs::beta}}; }
};

extern const OpSpec kHardSigmoid;
/// x * relu6(x + 3) / 6.
extern const OpSpec kHardSwish;
extern const OpSpec kLeakyRelu;
extern const OpSpec kRelu;
extern const OpSpec kRelu6;
extern const OpSpec kReluN1To1;
extern const OpSpec kSigmoid;
extern const OpSpec kSoftmax;

/// The Activation that does the same as a relu, relu6 or relu_n1_to_1 node; no value for other ops.
std::optional<Activation> as_activation(const OpSpec& op);

}  // namespace netfit::ir
