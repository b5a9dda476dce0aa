// SPDX-License-Identifier: Apache-2.0
// Gemm and MatMul with constant weights become fully_connected.
#include <array>

#include <fmt/format.h>

#include "formats/onnx/op_readers.h"
#include "ir/ops/conv.h"

namespace netfit::formats::onnx {
namespace {

constexpr std::array kSwapped{1, 0};

Tensor scaled(const Tensor& tensor, float factor) {
  Tensor result = tensor;
  for (float& element : result.mutable_data<float>()) element *= factor;
  return result;
}

// Factors of 1 leave integers behind a constant usable; any other makes it a plain float constant.
Result<Constant> scaled(Constant constant, float factor) {
  if (constant.tensor.dtype() != DType::Float32) {
    return bad_input(
        fmt::format("parameters of type {} are not supported (allowed: f32)", name(constant.tensor.dtype())));
  }
  if (factor == 1.0F) return constant;
  return Constant{.tensor = scaled(constant.tensor, factor), .source = std::nullopt};
}

// The third input of Gemm may have any shape that broadcasts to [1,n].
Result<Constant> as_bias(Constant constant, std::int64_t channels) {
  const Shape& shape = constant.tensor.shape();
  const bool one_row =
      shape.rank() <= 2 && shape.element_count() == channels && (shape.rank() == 0 || shape.dim(-1) == channels);
  if (one_row) {
    constant.tensor = constant.tensor.reshaped(Shape{channels});
    if (constant.source) {
      constant.source->integers = constant.source->integers.reshaped(Shape{channels});
      if (constant.source->quant.is_per_channel()) constant.source->quant.axis = 0;
    }
    return constant;
  }
  if (shape.element_count() == 1) {
    const float element = constant.tensor.data<float>()[0];
    const std::vector<float> elements(static_cast<std::size_t>(channels), element);
    return Constant{.tensor = Tensor::from(Shape{channels}, elements), .source = std::nullopt};
  }
  return bad_input(fmt::format("the bias has shape {}, but there are {} outputs", to_string(shape), channels));
}

Result<const Constant*> expect_matrix(const NodeReader& node) {
  const Constant* weights = NETFIT_TRY(node.expect_constant(1, "weights"));
  if (weights->tensor.shape().rank() == 2 && weights->tensor.element_count() > 0) return weights;
  return bad_input(
      fmt::format("weights of shape {} are not supported (allowed: 2 axes)", to_string(weights->tensor.shape())));
}

// The Add behind a MatMul that does nothing but add one constant per output: its node index and which input is the
// constant.
struct BiasAdd {
  int node;
  std::size_t input;
};
std::optional<BiasAdd> find_bias_add(NodeReader& node, std::int64_t channels) {
  const std::vector<int>& readers = node.state().readers[node.proto().output(0)];
  if (readers.size() != 1 || readers[0] < 0) return std::nullopt;
  const NodeReader reader(node.state(), readers[0]);
  if (reader.proto().op_type() != "Add" || reader.input_count() != 2 || reader.proto().output_size() != 1) {
    return std::nullopt;
  }
  const std::size_t input = reader.input_name(0) == node.proto().output(0) ? 1 : 0;
  const auto bias = node.state().operands.find(reader.input_name(input));
  if (bias == node.state().operands.end() || !bias->second.constant) return std::nullopt;
  const Tensor& tensor = bias->second.constant->tensor;
  const bool fits = tensor.dtype() == DType::Float32 && tensor.shape() == Shape{channels};
  return fits ? std::optional(BiasAdd{readers[0], input}) : std::nullopt;
}

}  // namespace

Result<void> read_gemm(NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(2));
  NETFIT_TRY(node.expect_integer("transA", 0));
  const bool swapped = NETFIT_TRY(node.integer("transB", 0)) != 0;
  const float alpha = NETFIT_TRY(node.number("alpha", 1.0F));
  const float beta = NETFIT_TRY(node.number("beta", 1.0F));
  const Constant* weights = NETFIT_TRY(expect_matrix(node));
  const std::int64_t channels = weights->tensor.shape()[swapped ? 0 : 1];

  std::vector<ir::ValueId> inputs{NETFIT_TRY(node.data(0))};
  const std::string form = fmt::format("dense {} {}", swapped, alpha);
  inputs.push_back(NETFIT_TRY(node.parameter(1, form, [&](const Constant& constant) {
    return scaled(swapped ? constant : transposed(constant, kSwapped), alpha);
  })));
  if (node.has_input(2)) {
    NETFIT_TRY(node.expect_constant(2, "biases"));
    const auto make_bias = [&](const Constant& constant) -> Result<Constant> {
      Constant bias = NETFIT_TRY(scaled(constant, beta));
      return as_bias(std::move(bias), channels);
    };
    inputs.push_back(NETFIT_TRY(node.parameter(2, fmt::format("bias {} {}", channels, beta), make_bias)));
  }
  return node.finish(ir::kFullyConnected, std::move(inputs), ir::Attrs::of(ir::FullyConnectedAttrs{}));
}

Result<void> read_mat_mul(NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(2));
  const Constant* weights = NETFIT_TRY(expect_matrix(node));
  const std::int64_t channels = weights->tensor.shape()[1];
  std::vector<ir::ValueId> inputs{NETFIT_TRY(node.data(0))};
  inputs.push_back(NETFIT_TRY(node.parameter(
      1, "dense 0 1", [](const Constant& constant) { return scaled(transposed(constant, kSwapped), 1.0F); })));
  const std::optional<BiasAdd> add = find_bias_add(node, channels);
  if (!add) return node.finish(ir::kFullyConnected, std::move(inputs), ir::Attrs::of(ir::FullyConnectedAttrs{}));

  NodeReader adder(node.state(), add->node);
  inputs.push_back(NETFIT_TRY(adder.data(add->input)));
  node.state().absorbed.insert(add->node);
  return adder.finish(ir::kFullyConnected, std::move(inputs), ir::Attrs::of(ir::FullyConnectedAttrs{}));
}

}  // namespace netfit::formats::onnx
