// SPDX-License-Identifier: Apache-2.0
// Moving the elements of constants about.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "formats/onnx/op_readers.h"
#include "formats/onnx/target_shape.h"
#include "formats/onnx/tensor_proto.h"

namespace netfit::formats::onnx {
namespace {

Constant plain(Tensor tensor) { return {.tensor = std::move(tensor), .source = std::nullopt}; }

// A tensor as blocks along one axis: outer x extent x inner bytes.
struct Blocks {
  std::int64_t outer = 1;
  std::int64_t inner_bytes = 1;
};
Blocks blocks_of(const Tensor& tensor, int axis) {
  Blocks blocks;
  for (int i = 0; i < axis; ++i) blocks.outer *= tensor.shape()[i];
  blocks.inner_bytes = tensor::bit_width(tensor.dtype()) / 8;
  if (tensor.dtype() == DType::Bool) blocks.inner_bytes = 1;
  for (int i = axis + 1; i < tensor.shape().rank(); ++i) blocks.inner_bytes *= tensor.shape()[i];
  return blocks;
}

// The tensor with only those indices along an axis, in that order. Each must be in range.
Tensor take_along(const Tensor& source, int axis, const std::vector<std::int64_t>& indices) {
  const Blocks blocks = blocks_of(source, axis);
  Tensor result(source.dtype(), source.shape().with_dim(axis, std::ssize(indices)));
  if (result.element_count() == 0) return result;
  std::byte* out = result.mutable_bytes().data();
  for (std::int64_t o = 0; o < blocks.outer; ++o) {
    for (const std::int64_t index : indices) {
      const std::int64_t offset = (o * source.shape()[axis] + index) * blocks.inner_bytes;
      std::memcpy(out, source.bytes().data() + offset, static_cast<std::size_t>(blocks.inner_bytes));
      out += blocks.inner_bytes;
    }
  }
  return result;
}

Result<Constant> fold_reshaped(NodeReader& node, Result<Shape> target) {
  const Shape shape = NETFIT_TRY(std::move(target));
  const Constant& constant = *node.constant(0);
  Constant result = plain(constant.tensor.reshaped(shape));
  // With one scale for all, the integers behind the constant take any shape.
  if (constant.source && !constant.source->quant.is_per_channel()) {
    result.source =
        QuantizedTensor{constant.source->integers.reshaped(shape), constant.source->quant, constant.source->name};
  }
  return result;
}

// Indices that a slice takes from an axis.
Result<std::vector<std::int64_t>> slice_indices(std::int64_t extent, std::int64_t start, std::int64_t end,
                                                std::int64_t step) {
  if (step == 0) return bad_input("step 0 is not supported (allowed: any other)");
  // Steps beyond the extent all take one element.
  step = std::clamp(step, -extent - 1, extent + 1);
  const bool forward = step > 0;
  const auto clamped = [extent](std::int64_t index, std::int64_t least, std::int64_t most) {
    return std::clamp(index < 0 && index >= -extent ? index + extent : index, least, most);
  };
  // An end far below zero means "through the first element" when going backwards.
  start = clamped(start, 0, forward ? extent : extent - 1);
  end = clamped(end, forward ? 0 : -1, extent);
  std::vector<std::int64_t> indices;
  for (std::int64_t i = start; extent > 0 && (forward ? i < end : i > end); i += step) indices.push_back(i);
  return indices;
}

}  // namespace

Result<Constant> fold_concat(NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  const Tensor& first = node.constant(0)->tensor;
  const std::int64_t given = NETFIT_TRY(node.integer("axis", 0));
  const int axis = NETFIT_TRY(normal_axis(given, first.shape().rank()));
  std::int64_t extent = 0;
  std::int64_t elements = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    NETFIT_TRY(node.expect_inputs(i + 1));
    const Tensor& input = node.constant(i)->tensor;
    if (input.dtype() != first.dtype() || input.shape().rank() != first.shape().rank() ||
        input.shape().with_dim(axis, 0) != first.shape().with_dim(axis, 0)) {
      return bad_input(fmt::format("constants {} and {} cannot be joined along axis {}", to_string(first.shape()),
                                   to_string(input.shape()), axis));
    }
    extent += input.shape()[axis];
    elements += input.element_count();
  }
  NETFIT_TRY(node.spend(elements));
  std::vector<std::int64_t> dims(first.shape().dims().begin(), first.shape().dims().end());
  dims[static_cast<std::size_t>(axis)] = extent;
  Tensor result(first.dtype(), NETFIT_TRY(Shape::create(dims)));
  if (elements == 0) return plain(std::move(result));
  std::byte* out = result.mutable_bytes().data();
  for (std::int64_t o = 0; o < blocks_of(first, axis).outer; ++o) {
    for (std::size_t i = 0; i < node.input_count(); ++i) {
      const Tensor& input = node.constant(i)->tensor;
      const auto run = static_cast<std::size_t>(blocks_of(input, axis).inner_bytes * input.shape()[axis]);
      if (run > 0) std::memcpy(out, input.bytes().data() + static_cast<std::size_t>(o) * run, run);
      out += run;
    }
  }
  return plain(std::move(result));
}

Result<Constant> fold_constant(NodeReader& node) {
  if (const proto::Attribute* value = node.find_attribute("value"); value != nullptr && value->has_t()) {
    return read_constant(value->t());
  }
  if (node.find_attribute("value_int") != nullptr) {
    const std::vector element{NETFIT_TRY(node.integer("value_int", 0))};
    return plain(Tensor::from(Shape{}, element));
  }
  if (node.find_attribute("value_float") != nullptr) {
    const std::vector element{NETFIT_TRY(node.number("value_float", 0))};
    return plain(Tensor::from(Shape{}, element));
  }
  if (const auto list = NETFIT_TRY(node.integers("value_ints")))
    return plain(Tensor::from(Shape{std::ssize(*list)}, *list));
  if (const proto::Attribute* floats = node.find_attribute("value_floats"); floats != nullptr) {
    const std::vector<float> list(floats->floats().begin(), floats->floats().end());
    return plain(Tensor::from(Shape{std::ssize(list)}, list));
  }
  return bad_input("the constant is no dense tensor of numbers");
}

Result<Constant> fold_constant_of_shape(NodeReader& node) {
  const std::vector<std::int64_t> dims = NETFIT_TRY(node.constant_integers(0, "the shape"));
  Shape shape = NETFIT_TRY(Shape::create(dims));
  NETFIT_TRY(node.spend(shape.element_count()));
  const proto::Attribute* value = node.find_attribute("value");
  if (value == nullptr) return plain(Tensor(DType::Float32, std::move(shape)));
  const Tensor element = NETFIT_TRY(read_tensor(value->t()));
  if (element.element_count() != 1) {
    return bad_input(fmt::format("the value has shape {} (allowed: one element)", to_string(element.shape())));
  }
  Tensor result(element.dtype(), std::move(shape));
  const std::size_t width = element.bytes().size();
  const std::span<std::byte> out = result.mutable_bytes();
  for (std::size_t i = 0; i < out.size(); i += width) std::memcpy(out.data() + i, element.bytes().data(), width);
  return plain(std::move(result));
}

Result<Constant> fold_gather(NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(2));
  const Tensor& source = node.constant(0)->tensor;
  const Tensor& chosen = node.constant(1)->tensor;
  const std::int64_t given = NETFIT_TRY(node.integer("axis", 0));
  const int axis = NETFIT_TRY(normal_axis(given, source.shape().rank()));
  if (!is_integer(chosen.dtype())) return bad_input(fmt::format("indices have type {}", name(chosen.dtype())));
  const std::int64_t extent = source.shape()[axis];
  std::vector<std::int64_t> indices = tensor::to_int64s(chosen);
  for (std::int64_t& index : indices) {
    if (index < -extent || index >= extent) {
      return bad_input(fmt::format("index {} is out of range (allowed: {} to {})", index, -extent, extent - 1));
    }
    if (index < 0) index += extent;
  }
  std::vector<std::int64_t> dims;
  for (int i = 0; i < axis; ++i) dims.push_back(source.shape()[i]);
  dims.insert(dims.end(), chosen.shape().dims().begin(), chosen.shape().dims().end());
  for (int i = axis + 1; i < source.shape().rank(); ++i) dims.push_back(source.shape()[i]);
  Shape shape = NETFIT_TRY(Shape::create(dims));
  NETFIT_TRY(node.spend(shape.element_count()));
  return plain(take_along(source, axis, indices).reshaped(std::move(shape)));
}

Result<Constant> fold_identity(NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  return *node.constant(0);
}

Result<Constant> fold_reshape(NodeReader& node) { return fold_reshaped(node, reshape_target(node)); }
Result<Constant> fold_squeeze(NodeReader& node) { return fold_reshaped(node, squeeze_target(node)); }
Result<Constant> fold_unsqueeze(NodeReader& node) { return fold_reshaped(node, unsqueeze_target(node)); }

Result<Constant> fold_slice(NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  const auto starts = NETFIT_TRY(node.input_or_attribute(1, "starts"));
  const auto ends = NETFIT_TRY(node.input_or_attribute(2, "ends"));
  const auto axes = NETFIT_TRY(node.input_or_attribute(3, "axes"));
  const auto steps = NETFIT_TRY(node.input_or_attribute(4, "steps"));
  if (!starts || !ends || starts->size() != ends->size() || (axes && axes->size() != starts->size()) ||
      (steps && steps->size() != starts->size())) {
    return bad_input("starts, ends, axes and steps do not have the same length");
  }
  Tensor tensor = node.constant(0)->tensor;
  for (std::size_t i = 0; i < starts->size(); ++i) {
    const std::int64_t given = axes ? (*axes)[i] : static_cast<std::int64_t>(i);
    const int axis = NETFIT_TRY(normal_axis(given, tensor.shape().rank()));
    NETFIT_TRY(node.spend(tensor.shape()[axis]));
    const std::vector<std::int64_t> indices = NETFIT_TRY(
        slice_indices(tensor.shape()[axis], (*starts)[i], (*ends)[i], steps ? (*steps)[i] : std::int64_t{1}));
    NETFIT_TRY(node.spend(tensor.element_count()));
    tensor = take_along(tensor, axis, indices);
  }
  return plain(std::move(tensor));
}

Result<Constant> fold_transpose(NodeReader& node) {
  const std::vector<int> perm = NETFIT_TRY(transpose_perm(node));
  NETFIT_TRY(node.spend(node.constant(0)->tensor.element_count()));
  return transposed(*node.constant(0), perm);
}

}  // namespace netfit::formats::onnx
