// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/import.h"

#include <fmt/format.h>

#include "base/text.h"
#include "formats/tflite/tensor_types.h"

namespace netfit::formats::tflite {
namespace {

// Converters join the names of fused operators, so names of some hundred bytes are normal.
constexpr std::size_t kLongestName = 1024;

Result<Shape> declared_shape(const schema::Tensor& tensor) {
  const std::span<const std::int32_t> dims = elements(tensor.shape());
  return Shape::create(std::vector<std::int64_t>(dims.begin(), dims.end()));
}

bool is_dynamic(const schema::Tensor& tensor, std::size_t axis) {
  const std::span<const std::int32_t> signature = elements(tensor.shape_signature());
  return axis < signature.size() && signature[axis] == -1;
}

// What the graph sees of an input: batch 1, whatever batch the file was made with, if that may be resized.
Result<Shape> input_shape(const schema::Tensor& tensor) {
  const std::span<const std::int32_t> declared = elements(tensor.shape());
  std::vector<std::int64_t> dims(declared.begin(), declared.end());
  for (std::size_t axis = 0; axis < dims.size(); ++axis) {
    const bool dynamic = is_dynamic(tensor, axis) || dims[axis] == -1;
    if (axis == 0 && dynamic) dims[axis] = 1;
    if (axis == 0 && dims[axis] != 1) {
      return bad_input(fmt::format("the batch is fixed to {} (allowed: 1, or dynamic)", dims[axis]));
    }
    if (axis > 0 && dynamic) return bad_input(fmt::format("dimension {} is dynamic (allowed: the batch only)", axis));
  }
  return Shape::create(dims);
}

Result<void> check_plain(const schema::Tensor& tensor) {
  if (tensor.is_variable()) return bad_input("variable tensors are not supported");
  if (tensor.sparsity() != nullptr) return bad_input("sparse tensors are not supported");
  if (tensor.external_buffer() != 0) return bad_input("data outside the file is not supported");
  return {};
}

}  // namespace

std::string value_name(const schema::Tensor& tensor) {
  return std::string(text(tensor.name()).substr(0, kLongestName));
}

std::string describe(std::int32_t index, const schema::Tensor& tensor) {
  return fmt::format("tensor {} '{}'", index, base::printable(text(tensor.name())));
}

Import::Import(const ModelFile& file)
    : file_(file),
      builder_(graph_),
      entries_(size(file.subgraph().tensors())),
      budget_(2 * file.bytes().size() + (std::size_t{1} << 20)) {
  const std::string_view name = text(file.subgraph().name());
  if (!name.empty()) graph_.name = name.substr(0, kLongestName);
}

Result<const schema::Tensor*> Import::tensor(std::int32_t index) const {
  if (index < 0 || static_cast<std::size_t>(index) >= entries_.size()) {
    return bad_input(fmt::format("tensor {} does not exist (the file has {})", index, entries_.size()));
  }
  return file_.subgraph().tensors()->Get(static_cast<flatbuffers::uoffset_t>(index));
}

Result<void> Import::add_inputs() {
  for (const std::int32_t index : elements(file_.subgraph().inputs())) {
    const schema::Tensor* declared = NETFIT_TRY(located(tensor(index), "inputs"));
    NETFIT_TRY(located(add_input(index), describe(index, *declared)));
  }
  return {};
}

Result<void> Import::add_input(std::int32_t index) {
  const schema::Tensor* declared = NETFIT_TRY(tensor(index));
  NETFIT_TRY(check_plain(*declared));
  const DType type = NETFIT_TRY(dtype(index));
  Shape shape = NETFIT_TRY(input_shape(*declared));
  std::optional<QuantParams> params = NETFIT_TRY(quant(index, shape));
  if (entries_[static_cast<std::size_t>(index)].value.valid()) return bad_input("the tensor is an input twice");
  const ir::ValueId id = builder_.input(value_name(*declared), type, std::move(shape));
  graph_.value(id).quant = std::move(params);
  return produce(index, id);
}

Result<void> Import::add_outputs() {
  const std::span<const std::int32_t> outputs = elements(file_.subgraph().outputs());
  if (outputs.empty()) return bad_input("the file has no outputs");
  for (const std::int32_t index : outputs) {
    const ir::ValueId id = NETFIT_TRY(located(value(index), "outputs"));
    builder_.output(id);
  }
  return {};
}

Result<DType> Import::dtype(std::int32_t index) const {
  const schema::Tensor* declared = NETFIT_TRY(tensor(index));
  return read_dtype(declared->type());
}

Result<std::optional<QuantParams>> Import::quant(std::int32_t index, const Shape& shape) {
  const schema::Tensor* declared = NETFIT_TRY(tensor(index));
  const DType type = NETFIT_TRY(dtype(index));
  const std::size_t scales = declared->quantization() == nullptr ? 0 : size(declared->quantization()->scale());
  NETFIT_TRY(spend(scales));
  return read_quant(declared->quantization(), type, shape);
}

Result<void> Import::spend(std::size_t elements) {
  if (elements > budget_) return bad_input("the file expands to much more than its size");
  budget_ -= elements;
  return {};
}

Result<ir::ValueId> Import::value(std::int32_t index) {
  const schema::Tensor* declared = NETFIT_TRY(tensor(index));
  Entry& entry = entries_[static_cast<std::size_t>(index)];
  if (entry.value.valid()) return entry.value;
  const std::string where = describe(index, *declared);
  std::optional<Tensor> elements = NETFIT_TRY(located(known(index), where));
  if (!elements) return bad_input(fmt::format("{} is read before any operator produces it", where));
  std::optional<QuantParams> params;
  if (!entry.folded) params = NETFIT_TRY(located(quant(index, elements->shape()), where));
  entry.value = graph_.add_constant(value_name(*declared), *std::move(elements), std::move(params));
  return entry.value;
}

Result<std::optional<Tensor>> Import::known(std::int32_t index) {
  NETFIT_TRY(tensor(index));
  const Entry& entry = entries_[static_cast<std::size_t>(index)];
  if (entry.folded) return entry.folded;
  if (entry.value.valid()) return graph_.value(entry.value).constant;
  return stored(index);
}

Result<std::optional<Tensor>> Import::stored(std::int32_t index) {
  const schema::Tensor* declared = NETFIT_TRY(tensor(index));
  NETFIT_TRY(check_plain(*declared));
  const std::span<const std::byte> bytes = NETFIT_TRY(file_.buffer(declared->buffer()));
  if (bytes.empty()) return std::nullopt;
  const DType type = NETFIT_TRY(dtype(index));
  Shape shape = NETFIT_TRY(declared_shape(*declared));
  return NETFIT_TRY(shared_tensor(type, std::move(shape), bytes));
}

Result<Tensor> Import::shared_tensor(DType dtype, Shape shape, std::span<const std::byte> bytes) {
  const auto key = std::pair(bytes.data(), dtype);
  const auto known = loaded_.find(key);
  if (known != loaded_.end() && known->second.element_count() == shape.element_count()) {
    return known->second.reshaped(std::move(shape));
  }
  Tensor tensor = NETFIT_TRY(Tensor::from_bytes(dtype, std::move(shape), bytes));
  loaded_.insert_or_assign(key, tensor);
  return tensor;
}

Result<void> Import::produce(std::int32_t index, ir::ValueId value) {
  const schema::Tensor* declared = NETFIT_TRY(tensor(index));
  Entry& entry = entries_[static_cast<std::size_t>(index)];
  if (entry.value.valid() || entry.folded) {
    return bad_input(
        fmt::format("{} is an input or constant, or the result of another operator", describe(index, *declared)));
  }
  entry.value = value;
  return {};
}

Result<void> Import::fold(std::int32_t index, Tensor elements) {
  NETFIT_TRY(produce(index, ir::ValueId{}));
  entries_[static_cast<std::size_t>(index)].folded = std::move(elements);
  return {};
}

void Import::set_known(std::int32_t index, Tensor elements) {
  entries_[static_cast<std::size_t>(index)].folded = std::move(elements);
}

Result<void> Import::check_declared(std::int32_t index, DType dtype, const Shape& shape) const {
  const schema::Tensor* declared = NETFIT_TRY(tensor(index));
  NETFIT_TRY(check_plain(*declared));
  const DType type = NETFIT_TRY(this->dtype(index));
  if (type != dtype) {
    return bad_input(fmt::format("the result is declared {}, but is {}", name(type), name(dtype)));
  }
  const std::span<const std::int32_t> dims = elements(declared->shape());
  bool fits = dims.empty() || static_cast<int>(dims.size()) == shape.rank();
  for (std::size_t axis = 0; fits && axis < dims.size(); ++axis) {
    fits = dims[axis] == shape[static_cast<int>(axis)] || is_dynamic(*declared, axis);
  }
  if (fits) return {};
  return bad_input(fmt::format("the result is declared {}, but is {}", fmt::join(dims, "x"), to_string(shape)));
}

}  // namespace netfit::formats::tflite
