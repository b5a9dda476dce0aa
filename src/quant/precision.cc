// SPDX-License-Identifier: Apache-2.0
#include "quant/precision.h"

#include <algorithm>
#include <array>

#include "base/check.h"

namespace netfit::quant {
namespace {

constexpr std::array kNamed{
    NamedPrecision{"int8", {}},
    NamedPrecision{"int8-per-tensor", {.granularity = Granularity::PerTensor}},
    NamedPrecision{"int4", {.weights = WeightType::Int4}},
    NamedPrecision{"int16x8", {.activations = Arithmetic::Int16}},
    NamedPrecision{"weight-only", {.activations = Arithmetic::Float32}},
    NamedPrecision{"weight-only-int4", {.activations = Arithmetic::Float32, .weights = WeightType::Int4}},
    NamedPrecision{"float16", {.activations = Arithmetic::Float32, .weights = WeightType::Float16}},
    NamedPrecision{"float32", {.activations = Arithmetic::Float32, .weights = WeightType::Float32}},
};

}  // namespace

std::span<const NamedPrecision> named_precisions() { return kNamed; }

std::optional<Precision> find_precision(std::string_view name) {
  const auto found = std::ranges::find(kNamed, name, &NamedPrecision::name);
  if (found == kNamed.end()) return std::nullopt;
  return found->precision;
}

std::string_view name(const Precision& precision) {
  const auto found = std::ranges::find(kNamed, precision, &NamedPrecision::precision);
  NETFIT_CHECK(found != kNamed.end());
  return found->name;
}

}  // namespace netfit::quant
