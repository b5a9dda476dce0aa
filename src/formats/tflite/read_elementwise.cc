// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "formats/tflite/operators.h"
#include "formats/tflite/tensor_types.h"
#include "ir/ops/activation.h"
#include "ir/ops/elementwise.h"
#include "ir/ops/requantize.h"
#include "tensor/dequantize.h"

namespace netfit::formats::tflite {
namespace {

template <typename Options>
Result<void> read_binary(OpReader& reader, const ir::OpSpec& op) {
  NETFIT_TRY(reader.expect_inputs(2, 2));
  const auto* options = NETFIT_TRY(reader.optional_options<Options>());
  const ir::ValueId left = NETFIT_TRY(reader.input(0));
  const ir::ValueId right = NETFIT_TRY(reader.input(1));
  ir::BinaryAttrs attrs;
  if (options != nullptr) attrs.activation = NETFIT_TRY(read_activation(options->fused_activation_function()));
  return reader.emit(op, {left, right}, ir::Attrs::of(attrs));
}

Result<void> read_unary(OpReader& reader, const ir::OpSpec& op, ir::Attrs attrs = {}) {
  NETFIT_TRY(reader.expect_inputs(1, 1));
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  return reader.emit(op, {data}, std::move(attrs));
}

}  // namespace

Result<void> read_add(OpReader& reader) { return read_binary<schema::AddOptions>(reader, ir::kAdd); }
Result<void> read_sub(OpReader& reader) { return read_binary<schema::SubOptions>(reader, ir::kSub); }
Result<void> read_mul(OpReader& reader) { return read_binary<schema::MulOptions>(reader, ir::kMul); }
Result<void> read_div(OpReader& reader) { return read_binary<schema::DivOptions>(reader, ir::kDiv); }

Result<void> read_relu(OpReader& reader) { return read_unary(reader, ir::kRelu); }
Result<void> read_relu6(OpReader& reader) { return read_unary(reader, ir::kRelu6); }
Result<void> read_relu_n1_to_1(OpReader& reader) { return read_unary(reader, ir::kReluN1To1); }
Result<void> read_hard_swish(OpReader& reader) { return read_unary(reader, ir::kHardSwish); }
Result<void> read_logistic(OpReader& reader) { return read_unary(reader, ir::kSigmoid); }

Result<void> read_leaky_relu(OpReader& reader) {
  const auto* options = NETFIT_TRY(reader.options<schema::LeakyReluOptions>());
  return read_unary(reader, ir::kLeakyRelu, ir::Attrs::of(ir::LeakyReluAttrs{options->alpha()}));
}

Result<void> read_softmax(OpReader& reader) {
  const auto* options = NETFIT_TRY(reader.options<schema::SoftmaxOptions>());
  return read_unary(reader, ir::kSoftmax, ir::Attrs::of(ir::SoftmaxAttrs{options->beta()}));
}

Result<void> read_quantize(OpReader& reader) {
  const DType to = NETFIT_TRY(reader.import().dtype(reader.output_index()));
  if (!tensor::is_integer(to)) return bad_input(fmt::format("the result has type {}, not an integer one", name(to)));
  return read_unary(reader, ir::kRequantize, ir::Attrs::of(ir::RequantizeAttrs{to}));
}

// Constants stay stored as they are, in half precision or as integers, under a node that widens them.
Result<void> read_dequantize(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(1, 1));
  Import& import = reader.import();
  const std::optional<Tensor> stored = NETFIT_TRY(import.known(reader.input_index(0)));
  const ir::Attrs to_float = ir::Attrs::of(ir::RequantizeAttrs{DType::Float32});
  if (!stored) return read_unary(reader, ir::kRequantize, to_float);
  NETFIT_TRY(import.spend(static_cast<std::size_t>(stored->element_count())));
  const std::optional<QuantParams> quant = NETFIT_TRY(import.quant(reader.input_index(0), stored->shape()));
  if (stored->dtype() != DType::Float16 && !quant) {
    return bad_input(fmt::format("data of type {} has no quantization parameters", name(stored->dtype())));
  }
  Tensor reals = tensor::dequantize(*stored, quant);
  NETFIT_TRY(read_unary(reader, ir::kRequantize, to_float));
  import.set_known(reader.output_index(), std::move(reals));
  return {};
}

}  // namespace netfit::formats::tflite
