// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include "formats/tflite/operators.h"
#include "formats/tflite/tensor_types.h"
#include "ir/ops/reduce.h"
#include "ir/ops/shape.h"

namespace netfit::formats::tflite {
namespace {

std::vector<std::int64_t> dims_of(const Shape& shape) { return {shape.dims().begin(), shape.dims().end()}; }

Result<void> emit_reshape(OpReader& reader, ir::ValueId data, std::vector<std::int64_t> dims) {
  return reader.emit(ir::kReshape, {data}, ir::Attrs::of(ir::ReshapeAttrs{std::move(dims)}));
}

// Puts the extent that makes the number of elements right in place of a -1.
Result<void> infer_extent(std::vector<std::int64_t>& dims, const Shape& data) {
  const auto open = std::ranges::find(dims, -1);
  if (open == dims.end()) return {};
  *open = 1;
  const Shape rest = NETFIT_TRY(Shape::create(dims));
  if (rest.element_count() == 0 || data.element_count() % rest.element_count() != 0) {
    return bad_input(fmt::format("{} cannot become {} with one dimension open", to_string(data), to_string(rest)));
  }
  *open = data.element_count() / rest.element_count();
  return {};
}

// Paddings are [rank, 2]: before and after along each axis.
Result<ir::PadAttrs> read_paddings(OpReader& reader) {
  const std::vector<std::int64_t> paddings = NETFIT_TRY(reader.integers(1, "the padding"));
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  if (std::ssize(paddings) != 2 * reader.shape(data).rank()) {
    return bad_input(
        fmt::format("there are {} paddings for data of shape {}", paddings.size(), to_string(reader.shape(data))));
  }
  ir::PadAttrs attrs;
  for (std::size_t i = 0; i < paddings.size(); i += 2) {
    attrs.before.push_back(paddings[i]);
    attrs.after.push_back(paddings[i + 1]);
  }
  return attrs;
}

// The real number that the padding element of a PADV2 stands for.
Result<float> read_pad_value(OpReader& reader) {
  const Tensor element = NETFIT_TRY(reader.constant(2, "the padding element"));
  if (element.element_count() != 1 || element.dtype() == DType::Int4) {
    return bad_input(
        fmt::format("the padding element is {} {}, not one number", name(element.dtype()), to_string(element.shape())));
  }
  const double raw = to_doubles(element)[0];
  if (tensor::is_float(element.dtype())) return static_cast<float>(raw);
  // The kernel copies the integer, which means what the data's integers mean.
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  const std::optional<QuantParams>& quant = reader.import().graph().value(data).quant;
  if (!quant) return bad_input("quantized padding needs quantized data");
  return static_cast<float>(static_cast<double>(quant->scale()) * (raw - quant->zero_point()));
}

}  // namespace

Result<void> read_concatenation(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(1, 1000));
  bool all_known = true;
  for (std::size_t i = 0; all_known && i < reader.input_count(); ++i) {
    const std::optional<Tensor> known = NETFIT_TRY(reader.import().known(reader.input_index(i)));
    all_known = known && (known->dtype() == DType::Int32 || known->dtype() == DType::Int64);
  }
  if (all_known) return fold_concatenation(reader);

  const auto* options = NETFIT_TRY(reader.options<schema::ConcatenationOptions>());
  if (options->fused_activation_function() != schema::ActivationFunctionType::NONE) {
    return bad_input("a fused activation is not supported (allowed: NONE)");
  }
  std::vector<ir::ValueId> inputs;
  for (std::size_t i = 0; i < reader.input_count(); ++i) inputs.push_back(NETFIT_TRY(reader.input(i)));
  const std::int64_t axis = NETFIT_TRY(normal_axis(options->axis(), reader.shape(inputs[0]).rank()));
  return reader.emit(ir::kConcat, std::move(inputs), ir::Attrs::of(ir::ConcatAttrs{axis}));
}

Result<void> read_pad(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(2, 2));
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  ir::PadAttrs attrs = NETFIT_TRY(read_paddings(reader));
  return reader.emit(ir::kPad, {data}, ir::Attrs::of(std::move(attrs)));
}

Result<void> read_pad_v2(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(3, 3));
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  ir::PadAttrs attrs = NETFIT_TRY(read_paddings(reader));
  attrs.value = NETFIT_TRY(read_pad_value(reader));
  return reader.emit(ir::kPad, {data}, ir::Attrs::of(std::move(attrs)));
}

Result<void> read_reshape(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(1, 2));
  const auto* options = NETFIT_TRY(reader.optional_options<schema::ReshapeOptions>());
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  std::vector<std::int64_t> dims;
  if (reader.has_input(1)) {
    dims = NETFIT_TRY(reader.integers(1, "the new shape"));
  } else if (options != nullptr && options->new_shape() != nullptr) {
    const std::span<const std::int32_t> stored = elements(options->new_shape());
    dims.assign(stored.begin(), stored.end());
  } else {
    return bad_input("there is no new shape");
  }
  NETFIT_TRY(infer_extent(dims, reader.shape(data)));
  return emit_reshape(reader, data, std::move(dims));
}

Result<void> read_squeeze(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(1, 1));
  const auto* options = NETFIT_TRY(reader.optional_options<schema::SqueezeOptions>());
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  const Shape& shape = reader.shape(data);
  std::vector<bool> squeezed(static_cast<std::size_t>(shape.rank()), false);
  const std::span<const std::int32_t> axes =
      options == nullptr ? std::span<const std::int32_t>() : elements(options->squeeze_dims());
  for (const std::int32_t stored : axes) {
    const std::int64_t axis = NETFIT_TRY(normal_axis(stored, shape.rank()));
    if (shape[static_cast<int>(axis)] != 1) {
      return bad_input(fmt::format("dimension {} of {} is not 1", axis, to_string(shape)));
    }
    squeezed[static_cast<std::size_t>(axis)] = true;
  }
  std::vector<std::int64_t> dims;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    // Without a list every dimension of 1 goes.
    const bool goes = axes.empty() ? shape[axis] == 1 : squeezed[static_cast<std::size_t>(axis)];
    if (!goes) dims.push_back(shape[axis]);
  }
  return emit_reshape(reader, data, std::move(dims));
}

Result<void> read_expand_dims(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(2, 2));
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  const std::vector<std::int64_t> axes = NETFIT_TRY(reader.integers(1, "the axis"));
  if (axes.size() != 1) return bad_input(fmt::format("there are {} axes (allowed: 1)", axes.size()));
  std::vector<std::int64_t> dims = dims_of(reader.shape(data));
  const std::int64_t axis = NETFIT_TRY(normal_axis(axes[0], static_cast<int>(dims.size()) + 1));
  dims.insert(dims.begin() + axis, 1);
  return emit_reshape(reader, data, std::move(dims));
}

Result<void> read_transpose(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(2, 2));
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  std::vector<std::int64_t> perm = NETFIT_TRY(reader.integers(1, "the permutation"));
  return reader.emit(ir::kTranspose, {data}, ir::Attrs::of(ir::TransposeAttrs{std::move(perm)}));
}

Result<void> read_mean(OpReader& reader) {
  NETFIT_TRY(reader.expect_inputs(2, 2));
  const auto* options = NETFIT_TRY(reader.options<schema::ReducerOptions>());
  const ir::ValueId data = NETFIT_TRY(reader.input(0));
  const std::vector<std::int64_t> stored = NETFIT_TRY(reader.integers(1, "the axes"));
  ir::ReduceAttrs attrs;
  attrs.keep_dims = options->keep_dims();
  for (const std::int64_t axis : stored) attrs.axes.push_back(NETFIT_TRY(normal_axis(axis, reader.shape(data).rank())));
  std::ranges::sort(attrs.axes);
  attrs.axes.erase(std::unique(attrs.axes.begin(), attrs.axes.end()), attrs.axes.end());
  return reader.emit(ir::kMean, {data}, ir::Attrs::of(std::move(attrs)));
}

}  // namespace netfit::formats::tflite
