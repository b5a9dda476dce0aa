// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "base/check.h"
#include "base/result.h"
#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace netfit::tensor {

/// A dense row-major array. Copies share storage until one of them is written to (copy on write), so passing tensors by
/// value and copying graphs copies no weights. Storage is aligned to 64 bytes, and up to 63 bytes behind the last
/// element may be read. Two threads may read one tensor; writing needs a tensor of one's own.
class Tensor {
 public:
  /// An empty f32 tensor of shape 0.
  Tensor() : Tensor(DType::Float32, Shape{0}) {}
  /// All elements zero. Large storages are zero lazily: memory that nobody touches stays with the system.
  Tensor(DType dtype, Shape shape);

  /// Takes elements in row-major order; their number must match (a bug otherwise).
  template <typename T>
  static Tensor from(Shape shape, std::span<const T> elements);
  template <typename T>
  static Tensor from(Shape shape, const std::vector<T>& elements) {
    return from(std::move(shape), std::span<const T>(elements));
  }

  /// For bytes from outside: fails unless there are exactly as many as dtype and shape need.
  static Result<Tensor> from_bytes(DType dtype, Shape shape, std::span<const std::byte> bytes);

  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  std::int64_t element_count() const { return shape_.element_count(); }
  std::int64_t byte_count() const { return bytes_for(dtype_, element_count()); }

  std::span<const std::byte> bytes() const;
  std::span<std::byte> mutable_bytes();

  /// Elements as T, which must be the type of the dtype (Int4 has none; see unpack_int4).
  template <typename T>
  std::span<const T> data() const;
  template <typename T>
  std::span<T> mutable_data();

  /// The same elements in another shape of the same size; shares storage.
  Tensor reshaped(Shape shape) const;

  /// Samples [begin, end) along the first axis, copied.
  Tensor slice(std::int64_t begin, std::int64_t end) const;

  /// Bytes and type are equal; NaNs with equal bits count as equal.
  friend bool operator==(const Tensor& a, const Tensor& b);

 private:
  struct Storage;
  DType dtype_;
  Shape shape_;
  std::shared_ptr<Storage> storage_;
};

/// The elements of an i4 tensor, one per int8.
Tensor unpack_int4(const Tensor& packed);
/// The reverse; each element must lie in [-8, 7].
Tensor pack_int4(const Tensor& unpacked);

/// Elements in another axis order: result axis i is the source's axis perm[i]. Any dtype but i4.
Tensor transpose(const Tensor& source, std::span<const int> perm);

/// Every element as double, whatever the type.
std::vector<double> to_doubles(const Tensor& tensor);

/// Every element as int64, for integer and bool tensors.
std::vector<std::int64_t> to_int64s(const Tensor& tensor);

template <typename T>
Tensor Tensor::from(Shape shape, std::span<const T> elements) {
  Tensor tensor(dtype_of<T>(), std::move(shape));
  NETFIT_CHECK(tensor.element_count() == std::ssize(elements));
  std::span<T> target = tensor.mutable_data<T>();
  for (std::size_t i = 0; i < elements.size(); ++i) target[i] = elements[i];
  return tensor;
}

template <typename T>
std::span<const T> Tensor::data() const {
  NETFIT_CHECK(dtype_ == dtype_of<T>());
  return {reinterpret_cast<const T*>(bytes().data()), static_cast<std::size_t>(element_count())};
}

template <typename T>
std::span<T> Tensor::mutable_data() {
  NETFIT_CHECK(dtype_ == dtype_of<T>());
  return {reinterpret_cast<T*>(mutable_bytes().data()), static_cast<std::size_t>(element_count())};
}

}  // namespace netfit::tensor

namespace netfit {
using tensor::Tensor;
}
