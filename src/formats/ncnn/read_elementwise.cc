// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "formats/ncnn/layer_readers.h"
#include "ir/ops/activation.h"
#include "ir/ops/elementwise.h"

namespace netfit::formats::ncnn {
namespace {

using ir::ValueId;

ReadResult same_shape(Importer& importer, const LayerView& view, ValueId x) {
  return importer.add({kind_of(view), importer.dims(x)}, {x}, view.result());
}

// Op types of BinaryOp that have an op here; RSUB and RDIV swap the operands.
const ir::OpSpec* binary_op(std::int64_t type) {
  switch (type) {
    case 0:
      return &ir::kAdd;
    case 1:
    case 7:
      return &ir::kSub;
    case 2:
      return &ir::kMul;
    case 3:
    case 8:
      return &ir::kDiv;
    default:
      return nullptr;
  }
}

}  // namespace

ReadResult read_binary_op(Importer& importer, const LayerView& view) {
  constexpr std::int64_t kHighestType = 11;
  const std::int64_t type = NETFIT_TRY(view.params().within(0, 0, 0, kHighestType));
  std::vector<ValueId> operands = view.inputs;
  if (NETFIT_TRY(view.params().whole(1, 0)) != 0) {
    if (operands.size() != 1) return bad_input("has two inputs beside a number (1=1)");
    operands.push_back(NETFIT_TRY(importer.weights({1}, "number")));
  }
  if (operands.size() != 2) return bad_input("has one input and no number (1=0)");
  const ir::OpSpec* op = binary_op(type);
  if (op == nullptr) {
    const Shape shape = NETFIT_TRY(tensor::broadcast(importer.shape(operands[0]), importer.shape(operands[1])));
    return importer.add({kind_of(view), Dims(shape.dims().begin(), shape.dims().end())}, operands, view.result());
  }
  if (type >= 7) std::swap(operands[0], operands[1]);
  return importer.add(*op, operands, {}, view.result());
}

// Sums and products of more than two are chains.
ReadResult read_eltwise(Importer& importer, const LayerView& view) {
  const std::int64_t type = NETFIT_TRY(view.params().within(0, 0, 0, 2));
  const std::vector<double> factors = view.params().numbers(1);
  const bool plain = std::ranges::all_of(factors, [](double factor) { return factor == 1; });
  ValueId x = view.inputs[0];
  for (const ValueId input : view.inputs) {
    if (importer.shape(input) == importer.shape(x)) continue;
    return bad_input(fmt::format("reads shapes {} and {}, which differ", to_string(importer.shape(x)),
                                 to_string(importer.shape(input))));
  }
  if (type == 2 || !plain) return importer.add({kind_of(view), importer.dims(x)}, view.inputs, view.result());
  for (std::size_t i = 1; i < view.inputs.size(); ++i) {
    const bool last = i + 1 == view.inputs.size();
    x = NETFIT_TRY(importer.add(type == 0 ? ir::kMul : ir::kAdd, {x, view.inputs[i]}, {},
                                last ? view.result() : view.result() + "/part"));
  }
  return x;
}

ReadResult read_relu(Importer& importer, const LayerView& view) {
  const double slope = view.params().number(0, 0);
  if (slope == 0) return importer.add(ir::kRelu, view.inputs, {}, view.result());
  return importer.add(ir::kLeakyRelu, view.inputs, ir::Attrs::of(ir::LeakyReluAttrs{static_cast<float>(slope)}),
                      view.result());
}

ReadResult read_clip(Importer& importer, const LayerView& view) {
  const bool relu6 = view.params().number(0, -1) == 0 && view.params().number(1, 0) == 6;
  if (relu6) return importer.add(ir::kRelu6, view.inputs, {}, view.result());
  return same_shape(importer, view, view.inputs[0]);
}

ReadResult read_hard_sigmoid(Importer& importer, const LayerView& view) {
  const ir::HardSigmoidAttrs attrs{static_cast<float>(view.params().number(0, 0.2)),
                                   static_cast<float>(view.params().number(1, 0.5))};
  return importer.add(ir::kHardSigmoid, view.inputs, ir::Attrs::of(attrs), view.result());
}

// The slope of ncnn's may differ from ours, which does not change what it costs.
ReadResult read_hard_swish(Importer& importer, const LayerView& view) {
  return importer.add(ir::kHardSwish, view.inputs, {}, view.result());
}

ReadResult read_sigmoid(Importer& importer, const LayerView& view) {
  return importer.add(ir::kSigmoid, view.inputs, {}, view.result());
}

ReadResult read_prelu(Importer& importer, const LayerView& view) {
  const std::int64_t slopes = NETFIT_TRY(view.params().within(0, 0, 1, std::int64_t{1} << 24));
  const ValueId x = view.inputs[0];
  const ValueId constants = NETFIT_TRY(importer.weights({slopes}, "slopes"));
  return importer.add({kind_of(view), importer.dims(x)}, {x, constants}, view.result());
}

ReadResult read_pointwise(Importer& importer, const LayerView& view) {
  return same_shape(importer, view, view.inputs[0]);
}

}  // namespace netfit::formats::ncnn
