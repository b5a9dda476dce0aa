// SPDX-License-Identifier: Apache-2.0
#include "ir/ops/elementwise.h"

#include "ir/ops/infer.h"

namespace netfit::ir {
namespace {

Result<TensorType> infer_binary(const NodeView& node) {
  const DType dtype = NETFIT_TRY(expect_data_type(node));
  Shape shape = NETFIT_TRY(tensor::broadcast(node.input(0).shape, node.input(1).shape));
  return TensorType{dtype, std::move(shape)};
}

constexpr OpSpec binary(std::string_view name, std::string_view summary, IntegerForm integer) {
  return {.name = name,
          .summary = summary,
          .inputs = {2, 2},
          .data_inputs = 2,
          .integer = integer,
          .codec = kCodec<BinaryAttrs>,
          .infer = &infer_binary,
          .permuted = &keep_attrs};
}

}  // namespace

constinit const OpSpec kAdd = binary("add", "sum of two tensors", IntegerForm::Clamps);
constinit const OpSpec kDiv = binary("div", "quotient of two tensors", IntegerForm::None);
constinit const OpSpec kMul = binary("mul", "product of two tensors", IntegerForm::Clamps);
constinit const OpSpec kSub = binary("sub", "difference of two tensors", IntegerForm::Clamps);

}  // namespace netfit::ir
