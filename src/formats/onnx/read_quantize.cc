// SPDX-License-Identifier: Apache-2.0
// QuantizeLinear and DequantizeLinear become requantize nodes; quantized_nodes.h then turns the float nodes between
// them into integer ones. Inside the graph activations are i8: what the file has as u8 gets a zero point that is 128
// lower.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "base/text.h"
#include "formats/onnx/op_readers.h"
#include "formats/onnx/tensor_proto.h"
#include "ir/ops/requantize.h"

namespace netfit::formats::onnx {
namespace {

constexpr int kUnsignedShift = 128;

// Integers that a node quantizes to or from, as the file has them.
struct FileParams {
  QuantParams quant;
  DType dtype = DType::UInt8;
  bool is_int4 = false;
};

bool is_symmetric(const QuantParams& quant) {
  return std::ranges::all_of(quant.zero_points, [](std::int32_t zero) { return zero == 0; });
}

Result<FileParams> read_params(const NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(2));
  NETFIT_TRY(node.expect_integer("block_size", 0));
  const Constant* scale = NETFIT_TRY(node.expect_constant(1, "scales"));
  const Constant* zero_point = nullptr;
  if (node.has_input(2)) zero_point = NETFIT_TRY(node.expect_constant(2, "zero points"));
  const std::int64_t axis = NETFIT_TRY(node.integer("axis", 1));
  FileParams params;
  params.quant = NETFIT_TRY(
      quant_params(scale->tensor, zero_point != nullptr ? &zero_point->tensor : nullptr, axis, node.input_shape(0)));
  if (zero_point == nullptr) return params;
  params.dtype = zero_point->tensor.dtype();
  params.is_int4 = zero_point->is_int4;
  if (params.dtype == DType::Int16 && !is_symmetric(params.quant)) {
    return bad_input("zero points of i16 integers are not supported (allowed: 0)");
  }
  return params;
}

Result<FileParams> read_quantize_params(const NodeReader& node) {
  FileParams params = NETFIT_TRY(read_params(node));
  const std::int64_t declared = NETFIT_TRY(node.integer("output_dtype", 0));
  if (declared != 0 && !node.has_input(2)) {
    params.dtype = dtype_for(static_cast<int>(declared)).value_or(DType::Float32);
  }
  constexpr std::array kAllowed{DType::Int8, DType::UInt8, DType::Int16};
  if (!params.is_int4 && std::ranges::find(kAllowed, params.dtype) != kAllowed.end()) return params;
  return bad_input(fmt::format("quantization to {} is not supported (allowed: i8, u8, i16)",
                               params.is_int4 ? "i4" : name(params.dtype)));
}

Result<FileParams> read_activation_params(Result<FileParams> params) {
  if (params && params->quant.is_per_channel()) {
    return bad_input("activations with one scale per channel are not supported (allowed: one scale)");
  }
  return params;
}

QuantParams as_signed(QuantParams quant, DType dtype) {
  if (dtype == DType::UInt8) quant.zero_points[0] -= kUnsignedShift;
  return quant;
}

// An input of the graph that holds integers learns what they mean where it is dequantized first.
Result<void> give_params(NodeReader& node, const FileParams& params) {
  Operand& operand = node.state().operands.at(node.input_name(0));
  ir::Value& input = node.state().graph.value(operand.value);
  if (input.quant) return {};
  if (params.dtype != input.dtype) {
    return bad_input(fmt::format("the zero point has type {}, the data {}", name(params.dtype), name(input.dtype)));
  }
  input.quant = params.quant;
  if (input.dtype != DType::UInt8) return {};
  operand.value =
      NETFIT_TRY(node.add(ir::kRequantize, {operand.value}, ir::Attrs::of(ir::RequantizeAttrs{DType::Int8}), "signed"));
  operand.is_unsigned = true;
  node.state().graph.value(operand.value).quant = as_signed(params.quant, params.dtype);
  return {};
}

}  // namespace

Result<void> read_quantize_linear(NodeReader& node) {
  const FileParams params = NETFIT_TRY(read_activation_params(read_quantize_params(node)));
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  if (node.state().graph.value(value).dtype != DType::Float32) {
    return bad_input(fmt::format("quantizes {} (allowed: f32)", name(node.state().graph.value(value).dtype)));
  }
  const DType integers = params.dtype == DType::Int16 ? DType::Int16 : DType::Int8;
  NETFIT_TRY(node.finish(ir::kRequantize, {value}, ir::Attrs::of(ir::RequantizeAttrs{integers})));
  Operand& result = node.state().operands.at(node.proto().output(0));
  result.is_unsigned = params.dtype == DType::UInt8;
  node.state().graph.value(result.value).quant = as_signed(params.quant, params.dtype);
  return {};
}

Result<void> read_dequantize_linear(NodeReader& node) {
  FileParams params = NETFIT_TRY(read_activation_params(read_params(node)));
  const DType dtype = node.state().graph.value(node.operand(0).value).dtype;
  if (dtype != DType::Int8 && dtype != DType::UInt8 && dtype != DType::Int16) {
    return bad_input(fmt::format("dequantizes {} (allowed: i8, u8, i16)", name(dtype)));
  }
  // Without a zero point it is 0, of the data's type.
  const bool is_unsigned = dtype == DType::UInt8 || node.operand(0).is_unsigned;
  if (!node.has_input(2)) params.dtype = is_unsigned ? DType::UInt8 : dtype;
  NETFIT_TRY(give_params(node, params));
  const ir::ValueId value = node.operand(0).value;
  const std::optional<QuantParams>& known = node.state().graph.value(value).quant;
  const bool same_type = (params.dtype == DType::UInt8) == node.operand(0).is_unsigned &&
                         (params.dtype == DType::Int16) == (dtype == DType::Int16) && !params.is_int4;
  if (!same_type || known != as_signed(params.quant, params.dtype)) {
    return bad_input(fmt::format("'{}' is dequantized with other parameters than it was quantized with",
                                 base::printable(node.input_name(0))));
  }
  return node.finish(ir::kRequantize, {value}, ir::Attrs::of(ir::RequantizeAttrs{DType::Float32}));
}

Result<Constant> fold_quantize_linear(NodeReader& node) {
  const FileParams params = NETFIT_TRY(read_quantize_params(node));
  if (params.dtype == DType::Int16) return bad_input("quantizes a constant to i16 (allowed: i8, u8)");
  const Tensor& reals = node.constant(0)->tensor;
  if (reals.dtype() != DType::Float32)
    return bad_input(fmt::format("quantizes {} (allowed: f32)", name(reals.dtype())));
  NETFIT_TRY(node.spend(reals.element_count()));
  Tensor integers(params.dtype, reals.shape());
  const std::span<std::byte> out = integers.mutable_bytes();
  const std::span<const float> in = reals.data<float>();
  const QuantParams& quant = params.quant;
  const std::int64_t stride =
      quant.is_per_channel() ? tensor::strides(reals.shape())[static_cast<std::size_t>(quant.axis)] : 1;
  const auto channels = std::ssize(quant.scales);
  for (std::size_t i = 0; i < in.size(); ++i) {
    const std::int64_t c = static_cast<std::int64_t>(i) / stride % channels;
    // The format rounds ties to even here. A NaN has no integer and becomes the zero point.
    const float scaled = std::nearbyint(in[i] / quant.scale(c));
    const double shifted = (std::isnan(scaled) ? 0.0 : static_cast<double>(scaled)) + quant.zero_point(c);
    const double clamped = std::clamp(shifted, static_cast<double>(tensor::lowest(params.dtype)),
                                      static_cast<double>(tensor::highest(params.dtype)));
    out[i] = static_cast<std::byte>(static_cast<int>(clamped));
  }
  return Constant{.tensor = std::move(integers), .source = std::nullopt};
}

Result<Constant> fold_dequantize_linear(NodeReader& node) {
  FileParams params = NETFIT_TRY(read_params(node));
  const Tensor& integers = node.constant(0)->tensor;
  const DType dtype = integers.dtype();
  constexpr std::array kAllowed{DType::Int8, DType::UInt8, DType::Int16, DType::Int32};
  if (std::ranges::find(kAllowed, dtype) == kAllowed.end()) {
    return bad_input(fmt::format("dequantizes constants of type {} (allowed: i4, i8, u8, i16, i32)", name(dtype)));
  }
  if (node.has_input(2) && params.dtype != dtype) {
    return bad_input(fmt::format("the zero point has type {}, the data {}", name(params.dtype), name(dtype)));
  }
  NETFIT_TRY(node.spend(integers.element_count()));
  if (dtype == DType::Int32 && !is_symmetric(params.quant))
    return bad_input("zero points of i32 constants are not supported (allowed: 0)");
  QuantizedTensor source =
      as_signed(QuantizedTensor{integers, std::move(params.quant), node.input_name(0), node.constant(0)->is_int4});
  Tensor reals = dequantize(source);
  return Constant{.tensor = std::move(reals), .source = std::move(source)};
}

}  // namespace netfit::formats::onnx
