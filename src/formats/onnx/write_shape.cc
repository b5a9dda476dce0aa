// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "formats/onnx/op_writers.h"
#include "ir/ops/reduce.h"
#include "ir/ops/shape.h"

namespace netfit::formats::onnx {

void write_concat(NodeWriter& node) {
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < node.view().input_count(); ++i) inputs.push_back(node.data(i));
  const std::int64_t axis = node.view().attrs<ir::ConcatAttrs>().axis;
  set_attribute(node.add("Concat", inputs), "axis", file_axis(axis, node.view().output().shape.rank(), node.layout()));
  node.finish();
}

// A mean over whole images has an operator of its own, which says that the data are images.
void write_mean(NodeWriter& node) {
  const auto& attrs = node.view().attrs<ir::ReduceAttrs>();
  const bool image = node.layout() == ir::Layout::ChannelsFirst && node.view().input(0).shape.rank() == 4;
  if (image && attrs.keep_dims && attrs.axes == std::vector<std::int64_t>{1, 2}) {
    node.add("GlobalAveragePool", {node.data(0)});
    return node.finish();
  }
  std::vector<std::int64_t> axes;
  for (const std::int64_t axis : attrs.axes) {
    axes.push_back(file_axis(axis, node.view().input(0).shape.rank(), node.layout()));
  }
  std::ranges::sort(axes);
  // Since opset 18 the axes are an input.
  std::vector<std::string> inputs{node.data(0)};
  const bool as_input = node.file().opset() >= 18;
  if (as_input) inputs.push_back(node.file().initializer("axes", Tensor::from(Shape{std::ssize(axes)}, axes)));
  proto::Node& mean = node.add("ReduceMean", inputs);
  if (!as_input) set_attribute(mean, "axes", axes);
  set_attribute(mean, "keepdims", static_cast<std::int64_t>(attrs.keep_dims));
  node.finish();
}

void write_pad(NodeWriter& node) {
  const auto& attrs = node.view().attrs<ir::PadAttrs>();
  const int rank = node.view().output().shape.rank();
  std::vector<std::int64_t> pads(2 * static_cast<std::size_t>(rank));
  for (int axis = 0; axis < rank; ++axis) {
    const auto source = static_cast<std::size_t>(axis);
    const auto target = static_cast<std::size_t>(file_axis(axis, rank, node.layout()));
    pads[target] = attrs.before[source];
    pads[target + static_cast<std::size_t>(rank)] = attrs.after[source];
  }
  const std::string name = node.file().stored(node.view().node().outputs[0]) + "/pads";
  const std::string list = node.file().initializer(name, Tensor::from(Shape{std::ssize(pads)}, pads));
  node.add("Pad", {node.data(0), list, node.file().scalar(attrs.value)});
  node.finish();
}

// The first extent is written as 0, "as in the data", so that any batch goes through.
void write_reshape(NodeWriter& node) {
  const ir::ValueId result = node.view().node().outputs[0];
  const Shape shape = in_layout(node.view().output().shape, node.file().layouts().of(result));
  std::vector<std::int64_t> dims(shape.dims().begin(), shape.dims().end());
  if (!dims.empty()) dims[0] = 0;
  const std::string list =
      node.file().initializer(node.file().stored(result) + "/shape", Tensor::from(Shape{std::ssize(dims)}, dims));
  node.add("Reshape", {node.data(0), list});
  node.finish();
}

// Takes the data in the order in which the file has them, so that at most one transpose is written.
void write_transpose(NodeWriter& node) {
  std::vector<std::int64_t> perm;
  for (const std::int64_t axis : node.view().attrs<ir::TransposeAttrs>().perm) {
    perm.push_back(file_axis(axis, node.view().input(0).shape.rank(), node.layout()));
  }
  set_attribute(node.add("Transpose", {node.data(0)}), "perm", perm);
  node.finish();
}

}  // namespace netfit::formats::onnx
