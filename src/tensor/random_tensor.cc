// SPDX-License-Identifier: Apache-2.0
#include "tensor/random_tensor.h"

#include <algorithm>

#include "base/random.h"
#include "tensor/half.h"

namespace netfit::tensor {
namespace {

template <typename T>
void fill_integers(base::Random& random, Tensor& tensor) {
  const std::int64_t high = std::min<std::int64_t>(highest(tensor.dtype()), 32767);
  const std::int64_t low = std::max<std::int64_t>(lowest(tensor.dtype()), -32767);
  for (T& element : tensor.mutable_data<T>()) element = static_cast<T>(random.integer(low, high));
}

Tensor random_int4(base::Random& random, const Shape& shape) {
  Tensor unpacked(DType::Int8, shape);
  for (std::int8_t& element : unpacked.mutable_data<std::int8_t>()) {
    element = static_cast<std::int8_t>(random.integer(-8, 7));
  }
  return pack_int4(unpacked);
}

}  // namespace

Tensor random_tensor(std::uint64_t seed, DType dtype, const Shape& shape) {
  base::Random random(seed);
  if (dtype == DType::Int4) return random_int4(random, shape);
  Tensor tensor(dtype, shape);
  switch (dtype) {
    case DType::Float32:
      for (float& element : tensor.mutable_data<float>()) element = random.real(-1, 1);
      break;
    case DType::Float16:
      for (Half& element : tensor.mutable_data<Half>()) element = to_half(random.real(-1, 1));
      break;
    case DType::Bool:
      for (bool& element : tensor.mutable_data<bool>()) element = random.chance(50);
      break;
    case DType::Int8:
      fill_integers<std::int8_t>(random, tensor);
      break;
    case DType::UInt8:
      fill_integers<std::uint8_t>(random, tensor);
      break;
    case DType::Int16:
      fill_integers<std::int16_t>(random, tensor);
      break;
    case DType::Int32:
      fill_integers<std::int32_t>(random, tensor);
      break;
    case DType::Int64:
      fill_integers<std::int64_t>(random, tensor);
      break;
    case DType::Int4:
      NETFIT_UNREACHABLE();
  }
  return tensor;
}

}  // namespace netfit::tensor
