// SPDX-License-Identifier: Apache-2.0
// Flatbuffers are built from the end to the front, children before the tables that point to them, and a pointer is a
// forward distance; so anything written earlier can be pointed to again, by any number of tables.
#include "formats/tflite/file_builder.h"

#include <algorithm>

#include "formats/tflite/op_versions.h"
#include "formats/tflite/tensor_types.h"

namespace netfit::formats::tflite {
namespace {

using flatbuffers::Offset;
using flatbuffers::Vector;

std::string as_key(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Runtimes map the file and use constants in place.
constexpr std::size_t kBufferAlignment = 16;

// Whatever the versions of the operators around it say (op_versions.cc).
constexpr std::string_view kFirstInt4Release = "2.11.0";

}  // namespace

FileBuilder::FileBuilder() {
  // Buffer 0 is the one that tensors without data name.
  buffers_.push_back(schema::CreateBuffer(fbb_));
}

template <typename T>
Offset<Vector<T>> FileBuilder::shared(std::span<const T> elements) {
  const auto [place, added] = vectors_.try_emplace({sizeof(T), as_key(std::as_bytes(elements))}, 0);
  if (added) place->second = fbb_.CreateVector(elements.data(), elements.size()).o;
  return Offset<Vector<T>>(place->second);
}

Offset<Vector<std::int32_t>> FileBuilder::integers(std::span<const std::int32_t> elements) { return shared(elements); }

Offset<schema::QuantizationParameters> FileBuilder::quantization(const QuantParams& quant) {
  const std::vector<std::int64_t> wide(quant.zero_points.begin(), quant.zero_points.end());
  const Offset<Vector<float>> scales = shared(std::span<const float>(quant.scales));
  const Offset<Vector<std::int64_t>> zero_points = shared(std::span<const std::int64_t>(wide));
  const int axis = std::max(quant.axis, 0);
  const auto [place, added] = quantizations_.try_emplace({scales.o, {zero_points.o, axis}});
  if (added) {
    schema::QuantizationParametersBuilder builder(fbb_);
    builder.add_scale(scales);
    builder.add_zero_point(zero_points);
    builder.add_quantized_dimension(axis);
    place->second = builder.Finish();
  }
  return place->second;
}

std::uint32_t FileBuilder::add_buffer(std::span<const std::byte> bytes) {
  const auto [place, added] = buffer_index_.try_emplace(as_key(bytes), static_cast<std::uint32_t>(buffers_.size()));
  if (added) {
    fbb_.ForceVectorAlignment(bytes.size(), 1, kBufferAlignment);
    const auto data = fbb_.CreateVector(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    buffers_.push_back(schema::CreateBuffer(fbb_, data));
  }
  return place->second;
}

std::int32_t FileBuilder::add_tensor(const ir::Value& value, Batch batch) {
  std::vector<std::int32_t> dims;
  for (const std::int64_t extent : value.shape.dims()) dims.push_back(static_cast<std::int32_t>(extent));
  const Offset<Vector<std::int32_t>> shape = integers(dims);
  Offset<Vector<std::int32_t>> signature;
  if (batch == Batch::Open && !value.is_constant() && !dims.empty() && dims[0] == 1) {
    dims[0] = -1;
    signature = integers(dims);
  }
  Offset<schema::QuantizationParameters> quant;
  if (value.quant) quant = quantization(*value.quant);
  const std::uint32_t buffer = value.is_constant() ? add_buffer(value.constant->bytes()) : 0;
  const Offset<flatbuffers::String> name = fbb_.CreateString(value.name);

  schema::TensorBuilder builder(fbb_);
  builder.add_shape(shape);
  builder.add_type(write_dtype(value.dtype));
  has_int4_ = has_int4_ || value.dtype == DType::Int4;
  builder.add_buffer(buffer);
  builder.add_name(name);
  if (!quant.IsNull()) builder.add_quantization(quant);
  if (!signature.IsNull()) builder.add_shape_signature(signature);
  tensors_.push_back(builder.Finish());
  return static_cast<std::int32_t>(tensors_.size() - 1);
}

std::int32_t FileBuilder::add_integers(std::string name, std::vector<std::int32_t> elements, Shape shape) {
  ir::Value value{.name = std::move(name), .dtype = DType::Int32, .shape = shape};
  value.constant = Tensor::from(std::move(shape), elements);
  return add_tensor(value);
}

std::uint32_t FileBuilder::opcode(schema::BuiltinOperator code, int version) {
  const std::pair wanted(code, version);
  const auto found = std::ranges::find(opcodes_, wanted);
  if (found == opcodes_.end()) {
    opcodes_.push_back(wanted);
    return static_cast<std::uint32_t>(opcodes_.size() - 1);
  }
  return static_cast<std::uint32_t>(found - opcodes_.begin());
}

void FileBuilder::add_operator(const OperatorRecord& record) {
  const Offset<Vector<std::int32_t>> inputs = integers(record.inputs);
  const Offset<Vector<std::int32_t>> outputs = integers(record.outputs);
  schema::OperatorBuilder builder(fbb_);
  builder.add_opcode_index(opcode(record.code, record.version));
  builder.add_inputs(inputs);
  builder.add_outputs(outputs);
  if (record.options_type != schema::BuiltinOptions::NONE) {
    builder.add_builtin_options_type(record.options_type);
    builder.add_builtin_options(record.options);
  }
  operators_.push_back(builder.Finish());
}

std::string_view FileBuilder::release() const {
  std::string_view latest = has_int4_ ? kFirstInt4Release : "";
  for (const auto& [code, version] : opcodes_) {
    const std::string_view release = first_release(code, version);
    if (latest.empty() || is_older(latest, release)) latest = release;
  }
  return latest;
}

void FileBuilder::add_metadata(std::string_view name, std::span<const std::byte> bytes) {
  const std::uint32_t buffer = add_buffer(bytes);
  metadata_.push_back(schema::CreateMetadata(fbb_, fbb_.CreateString(name.data(), name.size()), buffer));
}

base::Bytes FileBuilder::finish(std::string_view name, const std::vector<std::int32_t>& inputs,
                                const std::vector<std::int32_t>& outputs) {
  constexpr std::uint32_t kVersion = 3;
  std::vector<Offset<schema::OperatorCode>> codes;
  for (const auto& [code, version] : opcodes_) {
    // Readers from before 2020 know the one-byte field only; codes that do not fit are marked there by 127.
    const auto narrow = static_cast<std::int8_t>(std::min(static_cast<std::int32_t>(code), 127));
    codes.push_back(schema::CreateOperatorCode(fbb_, narrow, 0, version, code));
  }
  // One statement each: the order of arguments is the compiler's choice, and it would show in the bytes.
  const auto subgraph_name = fbb_.CreateString(name.data(), name.size());
  const auto input_vector = integers(inputs);
  const auto output_vector = integers(outputs);
  const auto tensor_vector = fbb_.CreateVector(tensors_);
  const auto operator_vector = fbb_.CreateVector(operators_);
  const auto subgraph =
      schema::CreateSubGraph(fbb_, tensor_vector, input_vector, output_vector, operator_vector, subgraph_name);
  const auto subgraphs = fbb_.CreateVector(&subgraph, 1);
  const auto code_vector = fbb_.CreateVector(codes);
  const auto description = fbb_.CreateString("Made by netfit.");
  const auto buffer_vector = fbb_.CreateVector(buffers_);
  const auto metadata_vector = fbb_.CreateVector(metadata_);
  const auto model =
      schema::CreateModel(fbb_, kVersion, code_vector, subgraphs, description, buffer_vector, 0, metadata_vector);
  schema::FinishModelBuffer(fbb_, model);
  const auto* begin = reinterpret_cast<const std::byte*>(fbb_.GetBufferPointer());
  return {begin, begin + fbb_.GetSize()};
}

}  // namespace netfit::formats::tflite
