// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/node_writer.h"

#include <fmt/format.h>

namespace netfit::formats::onnx {

std::string NodeWriter::data(std::size_t i) const {
  return writer_.real(input(i), layout_, view_.output().shape.rank());
}

proto::Node& NodeWriter::add(std::string_view op_type, const std::vector<std::string>& inputs) {
  main_ = &writer_.add(op_type, inputs, writer_.stored(view_.node().outputs[0]), view_.node().name);
  return *main_;
}

proto::Node& NodeWriter::add_step(std::string_view op_type, const std::vector<std::string>& inputs,
                                  std::string_view suffix) {
  const std::string output = writer_.fresh_name(fmt::format("{}/{}", writer_.stored(view_.node().outputs[0]), suffix));
  return writer_.add(op_type, inputs, output);
}

// The main node was written with the name of the final result. If more follows, it gives that name to the last one.
void NodeWriter::finish(ir::Activation activation) {
  const ir::Value& value = view_.output();
  const std::string result = main_->output(0);
  std::string current = result;
  const bool has_activation = activation != ir::Activation::None;
  if (has_activation || value.quant) {
    current = writer_.fresh_name(result + (has_activation ? "/before_activation" : "/real"));
    main_->set_output(0, current);
  }
  if (has_activation) {
    const std::string activated = value.quant ? writer_.fresh_name(result + "/real") : result;
    add_activation(activation, current, activated);
    current = activated;
  }
  if (value.quant) writer_.quantize(current, *value.quant, value.dtype, result);
}

void NodeWriter::add_activation(ir::Activation activation, const std::string& source, const std::string& target) {
  if (activation == ir::Activation::Relu) {
    writer_.add("Relu", {source}, target);
    return;
  }
  const auto [low, high] = ir::range_of(activation);
  const std::string least = writer_.scalar(low);
  const std::string most = writer_.scalar(high);
  writer_.add("Clip", {source, least, most}, target);
}

}  // namespace netfit::formats::onnx
