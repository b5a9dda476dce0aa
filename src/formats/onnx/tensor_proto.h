// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "formats/onnx/constant.h"
#include "formats/onnx/onnx.pb.h"
#include "tensor/tensor.h"

namespace netfit::formats::onnx {

/// TensorProto.DataType of the ONNX format.
enum class DataType : int {
  Float = 1,
  UInt8 = 2,
  Int8 = 3,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  Bool = 9,
  Float16 = 10,
  Double = 11,
  BFloat16 = 16,
  Int4 = 22,
};

/// "int8", or "type 77" for what the format does not define.
std::string data_type_name(int data_type);

/// The type that a tensor of that data type has here; float16, bfloat16 and double are held as f32.
std::optional<DType> dtype_for(int data_type);
/// The reverse, for types that are written.
DataType data_type_for(DType dtype);

/// The elements of a tensor, checked against its shape. Fails on external data and on types that no op here takes.
Result<Tensor> read_tensor(const proto::Tensor& source);
/// The same for constants, which may be int4.
Result<Constant> read_constant(const proto::Tensor& source);

/// Little-endian raw data under a name.
void write_tensor(const std::string& name, const Tensor& tensor, proto::Tensor& target);

}  // namespace netfit::formats::onnx
