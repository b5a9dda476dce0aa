// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/tensor_proto.h"

#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include "base/files.h"
#include "base/text.h"
#include "tensor/half.h"

namespace netfit::formats::onnx {
namespace {

static_assert(std::endian::native == std::endian::little, "raw data is little-endian");

constexpr std::array kDataTypeNames{
    "undefined", "float32",      "uint8",          "int8",       "uint16",         "int16",  "int32",     "int64",
    "string",    "bool",         "float16",        "double",     "uint32",         "uint64", "complex64", "complex128",
    "bfloat16",  "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4",  "int4"};

base::Failure count_differs(std::int64_t given, std::int64_t needed) {
  return bad_input(fmt::format("{} elements of data for a tensor of {}", given, needed));
}

// Elements of a typed field, narrowed to the tensor's type where the field is wider.
template <typename T, typename Field>
Result<Tensor> from_field(Shape shape, const Field& field) {
  if (field.size() != shape.element_count()) return count_differs(field.size(), shape.element_count());
  Tensor tensor(tensor::dtype_of<T>(), std::move(shape));
  const std::span<T> out = tensor.mutable_data<T>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto element = field.Get(static_cast<int>(i));
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      if (element < std::numeric_limits<T>::min() || element > std::numeric_limits<T>::max()) {
        return bad_input(fmt::format("element {} is {}, which {} cannot hold", i, element, name(tensor.dtype())));
      }
    }
    out[i] = static_cast<T>(element);
  }
  return tensor;
}

// The element types that are widened or narrowed to f32, from their bits.
float from_bits(std::uint16_t bits, DataType type) {
  if (type == DataType::Float16) return to_float(tensor::Half{bits});
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

Result<Tensor> from_half_field(const proto::Tensor& source, Shape shape) {
  const auto& field = source.int32_data();
  if (field.size() != shape.element_count()) return count_differs(field.size(), shape.element_count());
  Tensor tensor(DType::Float32, std::move(shape));
  const std::span<float> out = tensor.mutable_data<float>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto bits = static_cast<std::uint16_t>(field.Get(static_cast<int>(i)));
    out[i] = from_bits(bits, static_cast<DataType>(source.data_type()));
  }
  return tensor;
}

Result<Tensor> from_typed_field(const proto::Tensor& source, Shape shape) {
  switch (static_cast<DataType>(source.data_type())) {
    case DataType::Float:
      return from_field<float>(std::move(shape), source.float_data());
    case DataType::Double:
      return from_field<float>(std::move(shape), source.double_data());
    case DataType::UInt8:
      return from_field<std::uint8_t>(std::move(shape), source.int32_data());
    case DataType::Int8:
      return from_field<std::int8_t>(std::move(shape), source.int32_data());
    case DataType::Int16:
      return from_field<std::int16_t>(std::move(shape), source.int32_data());
    case DataType::Int32:
      return from_field<std::int32_t>(std::move(shape), source.int32_data());
    case DataType::Int64:
      return from_field<std::int64_t>(std::move(shape), source.int64_data());
    case DataType::Bool:
      return from_field<bool>(std::move(shape), source.int32_data());
    case DataType::Float16:
    case DataType::BFloat16:
      return from_half_field(source, std::move(shape));
    case DataType::Int4:
      break;
  }
  NETFIT_UNREACHABLE();
}

// Raw elements of width `Bits`, each turned into a float.
template <typename Bits, typename ToFloat>
Result<Tensor> from_raw_as_float(const std::string& raw, Shape shape, ToFloat to_float32) {
  const std::int64_t needed = shape.element_count() * static_cast<std::int64_t>(sizeof(Bits));
  if (std::ssize(raw) != needed) {
    return bad_input(fmt::format("{} bytes of raw data for a tensor of {}", raw.size(), needed));
  }
  Tensor tensor(DType::Float32, std::move(shape));
  const std::span<float> out = tensor.mutable_data<float>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    Bits bits;
    std::memcpy(&bits, raw.data() + i * sizeof(Bits), sizeof(Bits));
    out[i] = to_float32(bits);
  }
  return tensor;
}

Result<Tensor> from_raw(const proto::Tensor& source, Shape shape) {
  const std::string& raw = source.raw_data();
  const auto type = static_cast<DataType>(source.data_type());
  if (type == DataType::Double) {
    return from_raw_as_float<double>(raw, std::move(shape), [](double value) { return static_cast<float>(value); });
  }
  if (type == DataType::Float16 || type == DataType::BFloat16) {
    return from_raw_as_float<std::uint16_t>(raw, std::move(shape),
                                            [type](std::uint16_t bits) { return from_bits(bits, type); });
  }
  if (type == DataType::Bool) {
    // Only 0 and 1 may be read as bool, so other bytes are not copied as they are.
    std::string canonical = raw;
    for (char& byte : canonical) byte = byte == 0 ? 0 : 1;
    return Tensor::from_bytes(DType::Bool, std::move(shape), base::as_bytes(canonical));
  }
  return Tensor::from_bytes(*dtype_for(source.data_type()), std::move(shape), base::as_bytes(raw));
}

Result<void> check_place(const proto::Tensor& source) {
  if (source.data_location() == 0 && source.external_data_size() == 0) return {};
  return bad_input("the data lies in another file, which is not supported");
}

}  // namespace

std::string data_type_name(int data_type) {
  if (data_type < 0 || data_type >= std::ssize(kDataTypeNames)) return fmt::format("type {}", data_type);
  return kDataTypeNames[static_cast<std::size_t>(data_type)];
}

std::optional<DType> dtype_for(int data_type) {
  switch (static_cast<DataType>(data_type)) {
    case DataType::Float:
    case DataType::Float16:
    case DataType::BFloat16:
    case DataType::Double:
      return DType::Float32;
    case DataType::UInt8:
      return DType::UInt8;
    case DataType::Int8:
      return DType::Int8;
    case DataType::Int16:
      return DType::Int16;
    case DataType::Int32:
      return DType::Int32;
    case DataType::Int64:
      return DType::Int64;
    case DataType::Bool:
      return DType::Bool;
    case DataType::Int4:
      break;
  }
  return std::nullopt;
}

DataType data_type_for(DType dtype) {
  switch (dtype) {
    case DType::Float32:
      return DataType::Float;
    case DType::Float16:
      return DataType::Float16;
    case DType::Int8:
      return DataType::Int8;
    case DType::UInt8:
      return DataType::UInt8;
    case DType::Int16:
      return DataType::Int16;
    case DType::Int32:
      return DataType::Int32;
    case DType::Int64:
      return DataType::Int64;
    case DType::Bool:
      return DataType::Bool;
    case DType::Int4:
      return DataType::Int4;
  }
  NETFIT_UNREACHABLE();
}

Result<Tensor> read_tensor(const proto::Tensor& source) {
  NETFIT_TRY(check_place(source));
  if (!dtype_for(source.data_type())) {
    return bad_input(fmt::format("{} elements are not supported", data_type_name(source.data_type())));
  }
  const std::vector<std::int64_t> dims(source.dims().begin(), source.dims().end());
  Shape shape = NETFIT_TRY(Shape::create(dims));
  return source.has_raw_data() ? from_raw(source, std::move(shape)) : from_typed_field(source, std::move(shape));
}

Result<Constant> read_constant(const proto::Tensor& source) {
  if (source.data_type() != static_cast<int>(DataType::Int4)) {
    return Constant{.tensor = NETFIT_TRY(read_tensor(source)), .source = std::nullopt};
  }
  NETFIT_TRY(check_place(source));
  const std::vector<std::int64_t> dims(source.dims().begin(), source.dims().end());
  // Without raw data each number of the field is a byte with two elements.
  std::string bytes = source.raw_data();
  if (!source.has_raw_data()) {
    for (const std::int32_t pair : source.int32_data()) bytes.push_back(static_cast<char>(pair));
  }
  Shape shape = NETFIT_TRY(Shape::create(dims));
  const Tensor packed = NETFIT_TRY(Tensor::from_bytes(DType::Int4, std::move(shape), base::as_bytes(bytes)));
  return Constant{.tensor = tensor::unpack_int4(packed), .source = std::nullopt, .is_int4 = true};
}

void write_tensor(const std::string& name, const Tensor& tensor, proto::Tensor& target) {
  for (const std::int64_t extent : tensor.shape().dims()) target.add_dims(extent);
  target.set_data_type(static_cast<int>(data_type_for(tensor.dtype())));
  target.set_name(name);
  target.set_raw_data(tensor.bytes().data(), tensor.bytes().size());
}

}  // namespace netfit::formats::onnx
