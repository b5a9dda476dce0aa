// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/operators.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/diagnostics.h"
#include "base/text.h"
#include "formats/tflite/tensor_types.h"

namespace netfit::formats::tflite {
namespace {

using Code = schema::BuiltinOperator;

enum class Does : std::uint8_t {
  Compute,
  ComputeWithWeights,
  Move,  ///< or change precision: takes tensors of any type
};

struct OperatorRow {
  Code code;
  Result<void> (*read)(OpReader& reader);
  Does does;
};

// Sorted by name.
constexpr std::array kOperators{
    OperatorRow{Code::ADD, &read_add, Does::Compute},
    OperatorRow{Code::AVERAGE_POOL_2D, &read_average_pool, Does::Compute},
    OperatorRow{Code::CONCATENATION, &read_concatenation, Does::Move},
    OperatorRow{Code::CONV_2D, &read_conv, Does::ComputeWithWeights},
    OperatorRow{Code::DEPTHWISE_CONV_2D, &read_depthwise_conv, Does::ComputeWithWeights},
    OperatorRow{Code::DEQUANTIZE, &read_dequantize, Does::Move},
    OperatorRow{Code::DIV, &read_div, Does::Compute},
    OperatorRow{Code::EXPAND_DIMS, &read_expand_dims, Does::Move},
    OperatorRow{Code::FULLY_CONNECTED, &read_fully_connected, Does::ComputeWithWeights},
    OperatorRow{Code::HARD_SWISH, &read_hard_swish, Does::Compute},
    OperatorRow{Code::LEAKY_RELU, &read_leaky_relu, Does::Compute},
    OperatorRow{Code::LOGISTIC, &read_logistic, Does::Compute},
    OperatorRow{Code::MAX_POOL_2D, &read_max_pool, Does::Compute},
    OperatorRow{Code::MEAN, &read_mean, Does::Compute},
    OperatorRow{Code::MUL, &read_mul, Does::Compute},
    OperatorRow{Code::PACK, &fold_pack, Does::Move},
    OperatorRow{Code::PAD, &read_pad, Does::Move},
    OperatorRow{Code::PADV2, &read_pad_v2, Does::Move},
    OperatorRow{Code::QUANTIZE, &read_quantize, Does::Move},
    OperatorRow{Code::RELU, &read_relu, Does::Compute},
    OperatorRow{Code::RELU6, &read_relu6, Does::Compute},
    OperatorRow{Code::RELU_N1_TO_1, &read_relu_n1_to_1, Does::Compute},
    OperatorRow{Code::RESHAPE, &read_reshape, Does::Move},
    OperatorRow{Code::SHAPE, &fold_shape, Does::Move},
    OperatorRow{Code::SOFTMAX, &read_softmax, Does::Compute},
    OperatorRow{Code::SQUEEZE, &read_squeeze, Does::Move},
    OperatorRow{Code::STRIDED_SLICE, &fold_strided_slice, Does::Move},
    OperatorRow{Code::SUB, &read_sub, Does::Compute},
    OperatorRow{Code::TRANSPOSE, &read_transpose, Does::Move},
};

const schema::Operator& operator_at(const ModelFile& file, std::size_t index) {
  return *file.subgraph().operators()->Get(static_cast<flatbuffers::uoffset_t>(index));
}

const schema::Tensor* find_tensor(const ModelFile& file, std::int32_t index) {
  if (index < 0 || static_cast<std::size_t>(index) >= size(file.subgraph().tensors())) return nullptr;
  return file.subgraph().tensors()->Get(static_cast<flatbuffers::uoffset_t>(index));
}

// "node 12 'conv_3'": the operator's place in the file and its first result's name.
std::string where(const ModelFile& file, std::size_t index) {
  const std::span<const std::int32_t> outputs = elements(operator_at(file, index).outputs());
  const schema::Tensor* result = outputs.empty() ? nullptr : find_tensor(file, outputs[0]);
  return fmt::format("node {} '{}'", index, result == nullptr ? "" : base::printable(text(result->name())));
}

Result<const OperatorRow*> find_row(const ModelFile& file, const schema::Operator& op) {
  const std::uint32_t opcode = op.opcode_index();
  if (opcode >= size(file.model().operator_codes())) {
    return bad_input(
        fmt::format("operator code {} does not exist (the file has {})", opcode, size(file.model().operator_codes())));
  }
  const schema::OperatorCode& stored = *file.model().operator_codes()->Get(opcode);
  const auto code = static_cast<Code>(std::max(static_cast<std::int32_t>(stored.deprecated_builtin_code()),
                                               static_cast<std::int32_t>(stored.builtin_code())));
  const auto* row = std::ranges::find(kOperators, code, &OperatorRow::code);
  if (row != kOperators.end()) return row;
  if (code == Code::CUSTOM) {
    return bad_input(fmt::format("custom operator '{}' is not supported", base::printable(text(stored.custom_code()))));
  }
  const std::string_view name = schema::EnumNameBuiltinOperator(code);
  return bad_input(
      fmt::format("operator {} is not supported", name.empty() ? std::to_string(static_cast<int>(code)) : name));
}

Result<void> check_wiring(const ModelFile& file, const schema::Operator& op) {
  if (elements(op.outputs()).size() != 1) {
    return bad_input(fmt::format("has {} results (allowed: 1)", elements(op.outputs()).size()));
  }
  const auto check_index = [&](std::int32_t index) -> Result<void> {
    if (find_tensor(file, index) != nullptr) return {};
    return bad_input(fmt::format("tensor {} does not exist (the file has {})", index, size(file.subgraph().tensors())));
  };
  for (const std::int32_t index : elements(op.inputs())) {
    if (index != -1) NETFIT_TRY(check_index(index));
  }
  return check_index(elements(op.outputs())[0]);
}

Result<void> check_types(const ModelFile& file, const schema::Operator& op, Does does) {
  const std::span<const std::int32_t> inputs = elements(op.inputs());
  const schema::Tensor* data = inputs.empty() ? nullptr : find_tensor(file, inputs[0]);
  if (does == Does::Move || data == nullptr) return {};
  if (data->type() == schema::TensorType::UINT8) {
    return bad_input("arithmetic in UINT8 is not supported (allowed: FLOAT32, INT8, INT16)");
  }
  const schema::Tensor* weights = inputs.size() < 2 ? nullptr : find_tensor(file, inputs[1]);
  if (does != Does::ComputeWithWeights || weights == nullptr) return {};
  const bool known = weights->type() == schema::TensorType::FLOAT32 || weights->type() == schema::TensorType::INT8;
  if (data->type() == schema::TensorType::FLOAT32 && !known) {
    return bad_input(fmt::format("{} weights under FLOAT32 activations are not supported (allowed: FLOAT32, INT8)",
                                 schema::EnumNameTensorType(weights->type())));
  }
  return {};
}

template <typename Options>
Result<void> check_fused(const schema::Operator& op) {
  const auto* options = op.builtin_options_as<Options>();
  if (options != nullptr) NETFIT_TRY(read_activation(options->fused_activation_function()));
  return {};
}

Result<void> check_operator(const ModelFile& file, const schema::Operator& op) {
  const OperatorRow* row = NETFIT_TRY(find_row(file, op));
  NETFIT_TRY(check_wiring(file, op));
  NETFIT_TRY(check_types(file, op, row->does));
  NETFIT_TRY(check_fused<schema::AddOptions>(op));
  NETFIT_TRY(check_fused<schema::Conv2DOptions>(op));
  NETFIT_TRY(check_fused<schema::DepthwiseConv2DOptions>(op));
  NETFIT_TRY(check_fused<schema::DivOptions>(op));
  NETFIT_TRY(check_fused<schema::FullyConnectedOptions>(op));
  NETFIT_TRY(check_fused<schema::MulOptions>(op));
  NETFIT_TRY(check_fused<schema::Pool2DOptions>(op));
  return check_fused<schema::SubOptions>(op);
}

}  // namespace

Result<void> check_operators(const ModelFile& file) {
  // A damaged file of 60,000 operators need not be described operator by operator.
  constexpr std::size_t kMostFaults = 100;
  Diagnostics faults;
  for (std::size_t i = 0; i < size(file.subgraph().operators()) && faults.faults().size() < kMostFaults; ++i) {
    const Result<void> checked = check_operator(file, operator_at(file, i));
    if (!checked) faults.error(where(file, i), checked.error().what());
  }
  return faults.result();
}

Result<void> read_operators(Import& import) {
  const ModelFile& file = import.file();
  for (std::size_t i = 0; i < size(file.subgraph().operators()); ++i) {
    OpReader reader(import, static_cast<std::int32_t>(i));
    const OperatorRow* row = NETFIT_TRY(find_row(file, reader.op()));
    NETFIT_TRY(located(row->read(reader), where(file, i)));
  }
  return {};
}

}  // namespace netfit::formats::tflite
