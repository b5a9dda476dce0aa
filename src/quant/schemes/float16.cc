// SPDX-License-Identifier: Apache-2.0
//
// Float constants become half precision, each under one requantize node that widens it in front of its first reader:
// what the TensorFlow converter writes, and what runtimes take apart again before they run. Everything computes in
// float32.

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/check.h"
#include "base/diagnostics.h"
#include "base/text.h"
#include "ir/absent_weights.h"
#include "ir/verifier.h"
#include "passes/widen_constants.h"
#include "quant/quantize.h"
#include "quant/schemes/storage.h"
#include "tensor/half.h"

namespace netfit::quant {
namespace {

using ir::NodeId;
using ir::ValueId;

// A constant, and who is to read it from half precision.
struct Half {
  ValueId constant;
  std::vector<NodeId> readers;
};

std::vector<Half> find_halves(const passes::Wiring& wiring, const std::function<bool(NodeId)>& wants_half) {
  std::vector<Half> halves;
  for (const ValueId id : wiring.graph().values()) {
    const ir::Value& value = wiring.graph().value(id);
    if (!value.is_constant() || value.dtype != DType::Float32 || wiring.is_output(id)) continue;
    if (value.shape.element_count() < kLeastHalfElements) continue;
    std::vector<NodeId> readers = wiring.readers(id);
    std::erase_if(readers, [&](NodeId reader) { return !wants_half(reader); });
    if (!readers.empty()) halves.push_back({id, std::move(readers)});
  }
  return halves;
}

Result<void> check_range(const ir::Graph& graph, const std::vector<Half>& halves) {
  Diagnostics faults;
  for (const Half& half : halves) {
    const ir::Value& value = graph.value(half.constant);
    const std::span<const float> elements = value.constant->data<float>();
    const auto outside = std::ranges::find_if(
        elements, [](float element) { return !std::isfinite(tensor::to_float(tensor::to_half(element))); });
    if (outside == elements.end()) continue;
    faults.error(
        fmt::format("constant '{}'", base::printable(value.name)),
        fmt::format("element {} is {}, half precision holds at most 65504", outside - elements.begin(), *outside));
  }
  return faults.result();
}

Tensor narrowed(const Tensor& reals) {
  Tensor result(DType::Float16, reals.shape());
  std::ranges::transform(reals.data<float>(), result.mutable_data<tensor::Half>().begin(), &tensor::to_half);
  return result;
}

}  // namespace

Result<void> store_halves(passes::Wiring& wiring, const std::function<bool(NodeId)>& wants_half) {
  const std::vector<Half> halves = find_halves(wiring, wants_half);
  NETFIT_TRY(check_range(wiring.graph(), halves));
  for (const Half& half : halves) {
    Tensor elements = narrowed(*wiring.graph().value(half.constant).constant);
    store_widened(wiring, half.constant, half.readers, {std::move(elements), std::nullopt});
  }
  return {};
}

Result<ir::Graph> quantize_float16(const ir::Graph& optimized) {
  NETFIT_TRY(ir::require_weights(optimized));
  ir::Graph result = optimized;
  NETFIT_TRY(passes::widen_constants(result));
  NETFIT_TRY(check_float(result, "float16"));
  passes::Wiring wiring(result);
  NETFIT_TRY(store_halves(wiring, [](NodeId) { return true; }));
  if (const Result<void> valid = ir::verify(result); !valid) {
    base::report_bug(__FILE__, __LINE__, "half precision broke the graph: " + valid.error().text());
  }
  return result;
}

}  // namespace netfit::quant
