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
#include "ir/ops/requantize.h"
#include "ir/verifier.h"
#include "passes/widen_constants.h"
#include "passes/wiring.h"
#include "quant/quantize.h"
#include "quant/schemes/storage.h"
#include "tensor/half.h"

namespace netfit::quant {
namespace {

using ir::NodeId;
using ir::ValueId;

bool becomes_half(const passes::Wiring& wiring, ValueId id) {
  const ir::Value& value = wiring.graph().value(id);
  return value.is_constant() && value.dtype == DType::Float32 && !wiring.readers(id).empty() && !wiring.is_output(id) &&
         value.shape.element_count() >= kLeastHalfElements;
}

Result<void> check_range(const passes::Wiring& wiring, const std::vector<ValueId>& constants) {
  Diagnostics faults;
  for (const ValueId id : constants) {
    const ir::Value& value = wiring.graph().value(id);
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

// The constant keeps its name and its place; its readers get a widened one.
void make_half(passes::Wiring& wiring, ValueId id) {
  ir::Graph& graph = wiring.graph();
  const NodeId first_reader = wiring.readers(id).front();
  ir::Value widened{.name = graph.value(id).name + "_f32", .dtype = DType::Float32, .shape = graph.value(id).shape};
  const std::string name = widened.name;
  const ValueId result = graph.add_value(std::move(widened));
  wiring.replace(id, result);
  ir::Value& stored = graph.value(id);
  stored.constant = narrowed(*stored.constant);
  stored.dtype = DType::Float16;
  wiring.insert(first_reader, {.name = name,
                               .op = &ir::kRequantize,
                               .attrs = ir::Attrs::of(ir::RequantizeAttrs{DType::Float32}),
                               .inputs = {id},
                               .outputs = {result}});
}

}  // namespace

Result<ir::Graph> quantize_float16(const ir::Graph& optimized) {
  NETFIT_TRY(ir::require_weights(optimized));
  ir::Graph result = optimized;
  NETFIT_TRY(passes::widen_constants(result));
  NETFIT_TRY(check_float(result, "float16"));
  passes::Wiring wiring(result);
  std::vector<ValueId> constants = result.values();
  std::erase_if(constants, [&](ValueId id) { return !becomes_half(wiring, id); });
  NETFIT_TRY(check_range(wiring, constants));
  for (const ValueId id : constants) make_half(wiring, id);
  if (const Result<void> valid = ir::verify(result); !valid) {
    base::report_bug(__FILE__, __LINE__, "half precision broke the graph: " + valid.error().text());
  }
  return result;
}

}  // namespace netfit::quant
