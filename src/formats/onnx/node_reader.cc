// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/node_reader.h"

#include <numeric>

#include <fmt/format.h>

#include "base/text.h"
#include "ir/ops/requantize.h"
#include "ir/ops/shape.h"

namespace netfit::formats::onnx {

Result<void> NodeReader::expect_inputs(std::size_t least) const {
  for (std::size_t i = 0; i < least; ++i) {
    if (!has_input(i)) return bad_input(fmt::format("input {} is missing", i));
  }
  return {};
}

bool NodeReader::all_constant() const {
  for (std::size_t i = 0; i < input_count(); ++i) {
    if (has_input(i) && constant(i) == nullptr) return false;
  }
  return true;
}

const Constant* NodeReader::constant(std::size_t i) const {
  if (!has_input(i)) return nullptr;
  const std::optional<Constant>& found = operand(i).constant;
  return found ? &*found : nullptr;
}

Result<const Constant*> NodeReader::expect_constant(std::size_t i, std::string_view what) const {
  if (!has_input(i)) return bad_input(fmt::format("input {} ({}) is missing", i, what));
  if (const Constant* found = constant(i)) return found;
  return bad_input(fmt::format("{} '{}' are computed, which is not supported (allowed: constants)", what,
                               base::printable(input_name(i))));
}

Result<std::vector<std::int64_t>> NodeReader::constant_integers(std::size_t i, std::string_view what) const {
  const Constant* found = NETFIT_TRY(expect_constant(i, what));
  const Tensor& tensor = found->tensor;
  if (!is_integer(tensor.dtype()) || tensor.shape().rank() > 1) {
    return bad_input(fmt::format("{} has type {} and shape {} (allowed: a list of whole numbers)", what,
                                 tensor::name(tensor.dtype()), to_string(tensor.shape())));
  }
  return tensor::to_int64s(tensor);
}

Result<std::optional<double>> NodeReader::constant_number(std::size_t i, std::string_view what) const {
  if (!has_input(i)) return std::nullopt;
  const Constant* found = NETFIT_TRY(expect_constant(i, what));
  if (found->tensor.element_count() != 1) {
    return bad_input(fmt::format("{} has shape {} (allowed: one number)", what, to_string(found->tensor.shape())));
  }
  return tensor::to_doubles(found->tensor).front();
}

Result<ir::ValueId> NodeReader::data(std::size_t i) {
  if (!has_input(i)) return bad_input(fmt::format("input {} is missing", i));
  if (constant(i) == nullptr) return operand(i).value;
  return parameter(i, "", [](const Constant& constant) -> Result<Constant> { return constant; });
}

Result<ir::ValueId> NodeReader::parameter(std::size_t i, std::string_view form, const Reform& make) {
  const Constant* source = NETFIT_TRY(expect_constant(i, "parameters"));
  const std::string key = fmt::format("{}\n{}", form, input_name(i));
  const auto placed = state_.placed_constants.find(key);
  if (placed != state_.placed_constants.end()) return placed->second;
  Constant constant = NETFIT_TRY(make(*source));
  const ir::ValueId value = state_.graph.add_constant(input_name(i), std::move(constant.tensor));
  if (constant.source) state_.quantized_constants.emplace(value, *std::move(constant.source));
  state_.placed_constants.emplace(key, value);
  return value;
}

const Shape& NodeReader::input_shape(std::size_t i) const {
  const Constant* found = constant(i);
  return found != nullptr ? found->tensor.shape() : shape(operand(i).value);
}

const std::string& NodeReader::name() const { return proto().name().empty() ? proto().output(0) : proto().name(); }

Result<ir::ValueId> NodeReader::add_named(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs,
                                          std::string value_name, std::string node_name) {
  const std::optional<QuantParams> data_quant = state_.graph.value(inputs.front()).quant;
  Result<ir::ValueId> added = state_.builder.add(op, std::move(inputs), std::move(attrs), std::move(value_name));
  // The op's reason stands alone: the caller says which node it is.
  if (!added) return bad_input(added.error().what());
  state_.graph.node(state_.graph.order().back()).name = std::move(node_name);
  ir::Value& result = state_.graph.value(*added);
  if (is_integer(result.dtype) && &op != &ir::kRequantize) {
    if (op.quant != ir::QuantRule::SameAsData || !data_quant) {
      return bad_input(
          fmt::format("computes on {} without quantization, which is not supported", tensor::name(result.dtype)));
    }
    result.quant = data_quant;
  }
  return added;
}

Result<ir::ValueId> NodeReader::add(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs,
                                    std::string_view suffix) {
  return add_named(op, std::move(inputs), std::move(attrs), fmt::format("{}/{}", proto().output(0), suffix),
                   fmt::format("{}/{}", name(), suffix));
}

Result<void> NodeReader::finish(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs) {
  const ir::ValueId result = NETFIT_TRY(add_named(op, std::move(inputs), std::move(attrs), proto().output(0), name()));
  return bind(result);
}

Result<ir::ValueId> NodeReader::channels_last(ir::ValueId value) {
  std::vector<std::int64_t> perm(static_cast<std::size_t>(shape(value).rank()));
  if (perm.size() <= 2) return value;
  std::iota(perm.begin() + 1, perm.end(), std::int64_t{2});
  perm.back() = 1;
  return add(ir::kTranspose, {value}, ir::Attrs::of(ir::TransposeAttrs{std::move(perm)}), "channels_last");
}

// The value that passes keep is the channels-last one, so it gets the name in the file.
Result<void> NodeReader::finish_channels_last(const ir::OpSpec& op, std::vector<ir::ValueId> inputs, ir::Attrs attrs) {
  const ir::ValueId result = NETFIT_TRY(add_named(op, std::move(inputs), std::move(attrs), proto().output(0), name()));
  std::vector<std::int64_t> perm(static_cast<std::size_t>(shape(result).rank()));
  if (perm.size() <= 2) return bind(result);
  std::iota(perm.begin() + 1, perm.end(), std::int64_t{0});
  perm[0] = 0;
  perm[1] = std::ssize(perm) - 1;
  std::iota(perm.begin() + 2, perm.end(), std::int64_t{1});
  const ir::ValueId back =
      NETFIT_TRY(add(ir::kTranspose, {result}, ir::Attrs::of(ir::TransposeAttrs{std::move(perm)}), "channels_first"));
  return bind(back);
}

ir::ValueId NodeReader::add_constant(Tensor tensor, std::string_view suffix) {
  return state_.graph.add_constant(fmt::format("{}/{}", proto().output(0), suffix), std::move(tensor));
}

Result<void> NodeReader::bind(ir::ValueId value) {
  const Shape& result = shape(value);
  if (result.rank() < 1 || result[0] != 1) {
    return bad_input(fmt::format("the result has shape {}, whose first axis is not the batch of 1", to_string(result)));
  }
  Operand operand{.value = value};
  const bool follows_input = is_integer(state_.graph.value(value).dtype) && has_input(0);
  operand.is_unsigned = follows_input && this->operand(0).is_unsigned;
  state_.operands[proto().output(0)] = std::move(operand);
  return {};
}

void NodeReader::bind(Constant constant) { state_.operands[proto().output(0)] = {.constant = std::move(constant)}; }

Result<void> NodeReader::forward() {
  NETFIT_TRY(expect_inputs(1));
  state_.operands[proto().output(0)] = Operand(operand(0));
  return {};
}

Result<void> NodeReader::spend(std::int64_t elements) {
  if (elements > state_.fold_budget) {
    return bad_input(fmt::format("computing constants would make {} elements, more than the {} left of what is allowed",
                                 elements, state_.fold_budget));
  }
  state_.fold_budget -= elements;
  return {};
}

}  // namespace netfit::formats::onnx
