// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/op_reader.h"

#include <fmt/format.h>

namespace netfit::formats::tflite {

Result<void> OpReader::expect_inputs(std::size_t least, std::size_t most) const {
  if (input_count() < least || input_count() > most) {
    return bad_input(fmt::format("there are {} inputs (allowed: {} to {})", input_count(), least, most));
  }
  for (std::size_t i = 0; i < least; ++i) {
    if (!has_input(i)) return bad_input(fmt::format("input {} is absent", i));
  }
  return {};
}

Result<ir::ValueId> OpReader::input(std::size_t i) { return import_.value(input_index(i)); }

Result<Tensor> OpReader::constant(std::size_t i, std::string_view what) {
  std::optional<Tensor> known = NETFIT_TRY(import_.known(input_index(i)));
  if (!known) return bad_input(fmt::format("{} is not a constant", what));
  return *std::move(known);
}

Result<std::vector<std::int64_t>> OpReader::integers(std::size_t i, std::string_view what) {
  // Shapes, axes and paddings have some elements per dimension.
  constexpr std::int64_t kMost = 64;
  const Tensor known = NETFIT_TRY(constant(i, what));
  if (known.dtype() != DType::Int32 && known.dtype() != DType::Int64) {
    return bad_input(fmt::format("{} has type {} (allowed: i32, i64)", what, name(known.dtype())));
  }
  if (known.element_count() > kMost) {
    return bad_input(fmt::format("{} has {} elements (allowed: {})", what, known.element_count(), kMost));
  }
  return to_int64s(known);
}

std::string OpReader::result_name() const {
  const Result<const schema::Tensor*> tensor = import_.tensor(output_index());
  return tensor ? value_name(**tensor) : std::string();
}

Result<void> OpReader::emit(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs) {
  ir::Node node{
      .name = result_name(), .op = &op, .attrs = std::move(attrs), .inputs = std::move(inputs), .outputs = {}};
  if (node.attrs.empty()) node.attrs = NETFIT_TRY(op.codec.parse({}));
  ir::Graph& graph = import_.graph();
  ir::TensorType type = NETFIT_TRY(infer_type(graph, node));
  NETFIT_TRY(import_.check_declared(output_index(), type.dtype, type.shape));
  std::optional<QuantParams> quant = NETFIT_TRY(import_.quant(output_index(), type.shape));
  const ir::ValueId result = graph.add_value({.name = node.name, .dtype = type.dtype, .shape = std::move(type.shape)});
  graph.value(result).quant = std::move(quant);
  node.outputs = {result};
  graph.add_node(std::move(node));
  return import_.produce(output_index(), result);
}

Result<ir::ValueId> OpReader::emit_before(const ir::OpSpec& op, ir::ValueId like, ir::Attrs attrs) {
  const ir::ValueId result =
      NETFIT_TRY(import_.builder().add(op, {like}, std::move(attrs), result_name() + "/" + std::string(op.name)));
  import_.graph().value(result).quant = import_.graph().value(like).quant;
  return result;
}

base::Failure OpReader::wrong_options(schema::BuiltinOptions wanted) const {
  const std::string_view found = schema::EnumNameBuiltinOptions(op().builtin_options_type());
  return bad_input(fmt::format("has options {}, needs {}", found.empty() ? "of an unknown kind" : found,
                               schema::EnumNameBuiltinOptions(wanted)));
}

Result<std::int64_t> normal_axis(std::int64_t axis, int rank) {
  if (axis < -rank || axis >= rank) {
    return bad_input(fmt::format("axis {} does not exist in a tensor of rank {}", axis, rank));
  }
  return axis < 0 ? axis + rank : axis;
}

}  // namespace netfit::formats::tflite
