// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/op_writers.h"
#include "formats/onnx/tensor_proto.h"
#include "ir/ops.h"

namespace netfit::formats::onnx {

void write_binary(NodeWriter& node) {
  const ir::OpSpec* op = &node.view().op();
  std::string_view op_type = "Add";
  if (op == &ir::kSub) op_type = "Sub";
  if (op == &ir::kMul) op_type = "Mul";
  if (op == &ir::kDiv) op_type = "Div";
  node.add(op_type, {node.data(0), node.data(1)});
  node.finish(node.view().attrs<ir::BinaryAttrs>().activation);
}

void write_pointwise(NodeWriter& node) {
  const ir::OpSpec& op = node.view().op();
  std::vector<std::string> inputs{node.data(0)};
  std::string_view op_type = "Sigmoid";
  if (&op == &ir::kHardSwish) op_type = "HardSwish";
  if (const std::optional<ir::Activation> activation = ir::as_activation(op)) {
    op_type = *activation == ir::Activation::Relu ? "Relu" : "Clip";
    if (*activation != ir::Activation::Relu) {
      const auto [low, high] = ir::range_of(*activation);
      inputs.push_back(node.file().scalar(low));
      inputs.push_back(node.file().scalar(high));
    }
  }
  node.add(op_type, inputs);
  node.finish();
}

void write_hard_sigmoid(NodeWriter& node) {
  const auto& attrs = node.view().attrs<ir::HardSigmoidAttrs>();
  proto::Node& main = node.add("HardSigmoid", {node.data(0)});
  set_attribute(main, "alpha", attrs.alpha);
  set_attribute(main, "beta", attrs.beta);
  node.finish();
}

void write_leaky_relu(NodeWriter& node) {
  set_attribute(node.add("LeakyRelu", {node.data(0)}), "alpha", node.view().attrs<ir::LeakyReluAttrs>().alpha);
  node.finish();
}

void write_softmax(NodeWriter& node) {
  const float beta = node.view().attrs<ir::SoftmaxAttrs>().beta;
  std::string data = node.data(0);
  if (beta != 1.0F) data = node.add_step("Mul", {data, node.file().scalar(beta)}, "scaled").output(0);
  const int rank = node.view().output().shape.rank();
  set_attribute(node.add("Softmax", {data}), "axis", file_axis(rank - 1, rank, node.layout()));
  node.finish();
}

// Reals to integers, integers to reals, or integers to others by way of reals.
void write_requantize(NodeWriter& node) {
  GraphWriter& file = node.file();
  const ir::Value& source = node.view().input(0);
  const ir::Value& result = node.view().output();
  const std::string& target = file.stored(node.view().node().outputs[0]);
  if (source.dtype == DType::Float16 || result.dtype == DType::Float16) {
    proto::Node& cast = node.add("Cast", {node.data(0)});
    set_attribute(cast, "to", static_cast<std::int64_t>(data_type_for(result.dtype)));
    return;
  }
  if (result.quant) {
    file.quantize(node.data(0), *result.quant, result.dtype, target);
    return;
  }
  if (!source.quant) {
    file.add("Identity", {node.data(0)}, target, node.view().node().name);
    return;
  }
  const std::string stored = source.is_constant() ? file.initializer(source.name, *source.constant)
                                                  : file.in_layout(node.input(0), node.layout());
  file.dequantize_to(stored, *source.quant, source.dtype, target);
}

}  // namespace netfit::formats::onnx
