// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

#include "ir/ids.h"

namespace netfit::quant {

/// In what a node's activations are stored and computed.
enum class Arithmetic : std::uint8_t { Int8, Int16, Float32 };

/// How a layer's weights are stored. Under Float32 activations integers are widened before use ("weight-only").
enum class WeightType : std::uint8_t { Int8, Int4, Float16, Float32 };

/// Whether a layer's weights have one scale per output channel, or one.
enum class Granularity : std::uint8_t { PerChannel, PerTensor };

struct Precision {
  Arithmetic activations = Arithmetic::Int8;
  WeightType weights = WeightType::Int8;
  Granularity granularity = Granularity::PerChannel;

  friend bool operator==(const Precision&, const Precision&) = default;
};

/// What the command line calls the precisions that make sense: int8, int8-per-tensor, int4 (weights; activations int8),
/// int16x8, weight-only, weight-only-int4, float16, float32.
struct NamedPrecision {
  std::string_view name;
  Precision precision;
};
std::span<const NamedPrecision> named_precisions();
std::optional<Precision> find_precision(std::string_view name);
/// One of the names above; every precision that is not there is a bug.
std::string_view name(const Precision& precision);

/// What each node of a graph computes in. Nodes without weights follow `everywhere` unless they are named.
struct PrecisionPlan {
  Precision everywhere;
  std::unordered_map<ir::NodeId, Precision> exceptions = {};

  const Precision& at(ir::NodeId node) const {
    const auto found = exceptions.find(node);
    return found == exceptions.end() ? everywhere : found->second;
  }
};

}  // namespace netfit::quant
