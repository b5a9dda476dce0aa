// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <fmt/format.h>

#include "formats/onnx/op_readers.h"
#include "formats/onnx/tensor_proto.h"
#include "ir/ops/elementwise.h"
#include "ir/ops/normalization.h"
#include "ir/ops/requantize.h"

namespace netfit::formats::onnx {
namespace {

Result<void> finish_binary(NodeReader& node, const ir::OpSpec& op) {
  const ir::ValueId first = NETFIT_TRY(node.data(0));
  const ir::ValueId second = NETFIT_TRY(node.data(1));
  return node.finish(op, {first, second}, ir::Attrs::of(ir::BinaryAttrs{}));
}

}  // namespace

Result<void> read_add(NodeReader& node) { return finish_binary(node, ir::kAdd); }
Result<void> read_div(NodeReader& node) { return finish_binary(node, ir::kDiv); }
Result<void> read_mul(NodeReader& node) { return finish_binary(node, ir::kMul); }
Result<void> read_sub(NodeReader& node) { return finish_binary(node, ir::kSub); }

Result<void> read_batch_normalization(NodeReader& node) {
  constexpr std::array kParameters{"scales", "shifts", "means", "variances"};
  NETFIT_TRY(node.expect_inputs(5));
  NETFIT_TRY(node.expect_integer("training_mode", 0));
  const float epsilon = NETFIT_TRY(node.number("epsilon", 1e-5F));
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  std::vector<ir::ValueId> inputs{NETFIT_TRY(node.channels_last(value))};
  for (std::size_t i = 0; i < kParameters.size(); ++i) {
    NETFIT_TRY(node.expect_constant(i + 1, kParameters[i]));
    inputs.push_back(NETFIT_TRY(node.data(i + 1)));
  }
  return node.finish_channels_last(ir::kBatchNorm, std::move(inputs),
                                   ir::Attrs::of(ir::BatchNormAttrs{.epsilon = epsilon}));
}

// Only on data: what a Cast does to constants is folded.
Result<void> read_cast(NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  const auto to = static_cast<int>(NETFIT_TRY(node.integer("to", 0)));
  const ir::ValueId value = NETFIT_TRY(node.data(0));
  ir::Value& source = node.state().graph.value(value);
  if (to == static_cast<int>(DataType::Float) && source.dtype == DType::Float32) return node.forward();
  const bool plain_integers = (source.dtype == DType::UInt8 || source.dtype == DType::Int8) && !source.quant;
  if (to == static_cast<int>(DataType::Float) && plain_integers) {
    // An input of whole numbers stands for just these numbers.
    source.quant = QuantParams::per_tensor(1.0F, 0);
    return node.finish(ir::kRequantize, {value}, ir::Attrs::of(ir::RequantizeAttrs{DType::Float32}));
  }
  return bad_input(
      fmt::format("cast of {} to {} is not supported (allowed: constants, or a uint8 or int8 input to float32)",
                  name(source.dtype), data_type_name(to)));
}

Result<void> read_dropout(NodeReader& node) {
  const std::optional<double> training = NETFIT_TRY(node.constant_number(2, "training_mode"));
  if (training && *training != 0) return bad_input("training_mode is true (allowed: false)");
  return node.forward();
}

Result<void> read_identity(NodeReader& node) { return node.forward(); }

}  // namespace netfit::formats::onnx
