// SPDX-License-Identifier: Apache-2.0
//
// Passes may not see the interpreter, and need not: what importers and other passes leave on constants are axis orders,
// shapes, changes of precision and a little float arithmetic. Everything else on constants is left to run as it stands.

#include "passes/fold_constants.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <span>
#include <unordered_set>

#include "ir/ops/activation.h"
#include "ir/ops/elementwise.h"
#include "ir/ops/requantize.h"
#include "ir/ops/shape.h"
#include "passes/permutation.h"
#include "passes/wiring.h"
#include "tensor/dequantize.h"
#include "tensor/fixed_point.h"

namespace netfit::passes {
namespace {

using ir::NodeId;
using ir::NodeView;

const Tensor& elements(const NodeView& node, std::size_t i) { return *node.input(i).constant; }

std::optional<Tensor> evaluate_concat(const NodeView& node) {
  if (node.output().dtype == DType::Int4) return std::nullopt;
  const auto axis = static_cast<int>(node.attrs<ir::ConcatAttrs>().axis);
  Tensor result(node.output().dtype, node.output().shape);
  if (result.element_count() == 0) return result;
  std::int64_t outer = 1;
  for (int i = 0; i < axis; ++i) outer *= result.shape()[i];
  std::byte* out = result.mutable_bytes().data();
  for (std::int64_t row = 0; row < outer; ++row) {
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      const std::span<const std::byte> in = elements(node, i).bytes();
      const std::size_t part = in.size() / static_cast<std::size_t>(outer);
      if (part > 0) std::memcpy(out, in.data() + static_cast<std::size_t>(row) * part, part);
      out += part;
    }
  }
  return result;
}

/// Index of the channel that each element belongs to.
std::size_t channel_of(const Shape& shape, int axis, std::int64_t element) {
  std::int64_t inner = 1;
  for (int i = axis + 1; i < shape.rank(); ++i) inner *= shape[i];
  return static_cast<std::size_t>(element / inner % shape[axis]);
}

template <typename T>
Tensor quantize_as(std::span<const float> reals, const ir::Value& like) {
  const QuantParams& quant = *like.quant;
  Tensor result(like.dtype, like.shape);
  const std::span<T> out = result.mutable_data<T>();
  for (std::size_t i = 0; i < reals.size(); ++i) {
    const std::size_t c = quant.is_per_channel() ? channel_of(like.shape, quant.axis, static_cast<std::int64_t>(i)) : 0;
    out[i] = static_cast<T>(tensor::quantize(reals[i], quant.scales[c], quant.zero_points[c],
                                             static_cast<std::int32_t>(tensor::lowest(like.dtype)),
                                             static_cast<std::int32_t>(tensor::highest(like.dtype))));
  }
  return result;
}

std::optional<Tensor> evaluate_requantize(const NodeView& node) {
  const ir::Value& in = node.input(0);
  const ir::Value& out = node.output();
  if (in.dtype == out.dtype && in.quant == out.quant) return elements(node, 0);
  if (out.dtype == DType::Float32 && !out.quant) {
    if (in.dtype != DType::Float16 && !in.quant) return std::nullopt;
    return tensor::dequantize(*in.constant, in.quant);
  }
  if (in.dtype != DType::Float32 || !out.quant) return std::nullopt;
  const std::span<const float> reals = elements(node, 0).data<float>();
  switch (out.dtype) {
    case DType::Int8:
      return quantize_as<std::int8_t>(reals, out);
    case DType::UInt8:
      return quantize_as<std::uint8_t>(reals, out);
    case DType::Int16:
      return quantize_as<std::int16_t>(reals, out);
    case DType::Int32:
      return quantize_as<std::int32_t>(reals, out);
    default:
      return std::nullopt;
  }
}

float apply(const ir::OpSpec& op, float a, float b) {
  if (&op == &ir::kAdd) return a + b;
  if (&op == &ir::kSub) return a - b;
  if (&op == &ir::kMul) return a * b;
  return a / b;
}

// Offset of the element of a broadcast operand that goes with each element of the result.
std::vector<std::int64_t> broadcast_offsets(const Shape& operand, const Shape& result) {
  const std::vector<std::int64_t> own = tensor::strides(operand);
  std::vector<std::int64_t> step(static_cast<std::size_t>(result.rank()), 0);
  const int missing = result.rank() - operand.rank();
  for (int axis = 0; axis < operand.rank(); ++axis) {
    if (operand[axis] != 1) step[static_cast<std::size_t>(axis + missing)] = own[static_cast<std::size_t>(axis)];
  }
  std::vector<std::int64_t> offsets;
  offsets.reserve(static_cast<std::size_t>(result.element_count()));
  for (std::int64_t i = 0; i < result.element_count(); ++i) {
    std::int64_t rest = i;
    std::int64_t offset = 0;
    for (int axis = result.rank() - 1; axis >= 0; --axis) {
      offset += rest % result[axis] * step[static_cast<std::size_t>(axis)];
      rest /= result[axis];
    }
    offsets.push_back(offset);
  }
  return offsets;
}

std::optional<Tensor> evaluate_binary(const NodeView& node) {
  if (node.output().dtype != DType::Float32) return std::nullopt;
  const ir::ActivationRange range = ir::range_of(node.attrs<ir::BinaryAttrs>().activation);
  Tensor result(DType::Float32, node.output().shape);
  const std::span<float> out = result.mutable_data<float>();
  const std::span<const float> a = elements(node, 0).data<float>();
  const std::span<const float> b = elements(node, 1).data<float>();
  const std::vector<std::int64_t> offsets_a = broadcast_offsets(node.input(0).shape, result.shape());
  const std::vector<std::int64_t> offsets_b = broadcast_offsets(node.input(1).shape, result.shape());
  for (std::size_t i = 0; i < out.size(); ++i) {
    const float value =
        apply(node.op(), a[static_cast<std::size_t>(offsets_a[i])], b[static_cast<std::size_t>(offsets_b[i])]);
    out[i] = std::clamp(value, range.low, range.high);
  }
  return result;
}

std::optional<Tensor> evaluate(const NodeView& node) {
  const ir::OpSpec* op = &node.op();
  const bool binary = op == &ir::kAdd || op == &ir::kSub || op == &ir::kMul || op == &ir::kDiv;
  if (binary) return evaluate_binary(node);
  if (op == &ir::kRequantize) return evaluate_requantize(node);
  if (node.input(0).dtype == DType::Int4) return std::nullopt;
  if (op == &ir::kReshape) return elements(node, 0).reshaped(node.output().shape);
  if (op == &ir::kConcat) return evaluate_concat(node);
  if (op == &ir::kTranspose) {
    const std::vector<std::int64_t>& perm = node.attrs<ir::TransposeAttrs>().perm;
    return tensor::transpose(elements(node, 0), Permutation(perm.begin(), perm.end()));
  }
  return std::nullopt;
}

// Moving quantized elements is only right if their meaning moves along.
bool keeps_quantization(const NodeView& node) {
  if (node.op().quant != ir::QuantRule::SameAsData || !node.output().quant) return true;
  if (const auto perm = transposes_only(node)) return true;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (node.input(i).quant != node.output().quant) return false;
  }
  return !node.output().quant->is_per_channel();
}

/// Values that depend on an input of the graph.
std::unordered_set<ir::ValueId> varying_values(const ir::Graph& graph) {
  std::unordered_set<ir::ValueId> varying;
  for (const ir::GraphInput& input : graph.inputs) varying.insert(input.value);
  for (const NodeId id : graph.order()) {
    const ir::Node& node = graph.node(id);
    if (std::ranges::any_of(node.inputs, [&](ir::ValueId input) { return varying.contains(input); })) {
      varying.insert(node.outputs.begin(), node.outputs.end());
    }
  }
  return varying;
}

// Half precision or integers are how a file stores its weights. They stay until something other than data meets them.
bool keeps_storage(const Wiring& wiring, const NodeView& node, const std::unordered_set<ir::ValueId>& varying) {
  if (&node.op() != &ir::kRequantize || node.output().dtype != DType::Float32) return false;
  const std::span<const NodeId> readers = wiring.readers(node.node().outputs[0]);
  return std::ranges::all_of(readers,
                             [&](NodeId reader) { return varying.contains(wiring.graph().node(reader).outputs[0]); });
}

bool is_foldable(const Wiring& wiring, const NodeView& node) {
  constexpr std::int64_t kMostElements = std::int64_t{1} << 22;
  std::int64_t input_elements = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    if (!node.has_input(i) || !node.input(i).is_constant()) return false;
    input_elements += node.input(i).shape.element_count();
  }
  const std::int64_t result_elements = node.output().shape.element_count();
  return !wiring.is_output(node.node().outputs[0]) && keeps_quantization(node) &&
         (result_elements <= kMostElements || result_elements <= input_elements);
}

}  // namespace

Result<Change> fold_constants(ir::Graph& graph) {
  Wiring wiring(graph);
  const std::unordered_set<ir::ValueId> varying = varying_values(graph);
  Change change = Change::None;
  for (const NodeId id : std::vector<NodeId>(graph.order().begin(), graph.order().end())) {
    const NodeView node(graph, graph.node(id));
    if (!is_foldable(wiring, node) || keeps_storage(wiring, node, varying)) continue;
    std::optional<Tensor> result = evaluate(node);
    if (!result) continue;
    wiring.become_constant(id, std::move(*result));
    change = Change::Made;
  }
  return change;
}

}  // namespace netfit::passes
