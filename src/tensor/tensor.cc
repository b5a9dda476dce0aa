// SPDX-License-Identifier: Apache-2.0
#include "tensor/tensor.h"

#include <cstdlib>
#include <cstring>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <fmt/format.h>

#include "tensor/half.h"

namespace netfit::tensor {
namespace {

constexpr std::size_t kAlignment = 64;
// Vectorized readers (XNNPACK) may touch this much behind the last element.
constexpr std::size_t kSlack = 64;

std::int64_t int4_at(std::span<const std::byte> packed, std::int64_t index) {
  const int byte = std::to_integer<int>(packed[static_cast<std::size_t>(index / 2)]);
  const int nibble = index % 2 == 0 ? byte & 0xf : byte >> 4;
  return nibble >= 8 ? nibble - 16 : nibble;
}

template <typename T, typename Out>
void widen(const Tensor& tensor, std::vector<Out>& out) {
  for (const T element : tensor.data<T>()) out.push_back(static_cast<Out>(element));
}

template <typename Out>
void widen_integers(const Tensor& tensor, std::vector<Out>& out) {
  switch (tensor.dtype()) {
    case DType::Int8:
      return widen<std::int8_t>(tensor, out);
    case DType::UInt8:
      return widen<std::uint8_t>(tensor, out);
    case DType::Int16:
      return widen<std::int16_t>(tensor, out);
    case DType::Int32:
      return widen<std::int32_t>(tensor, out);
    case DType::Int64:
      return widen<std::int64_t>(tensor, out);
    case DType::Bool:
      return widen<bool>(tensor, out);
    case DType::Int4:
      for (std::int64_t i = 0; i < tensor.element_count(); ++i) {
        out.push_back(static_cast<Out>(int4_at(tensor.bytes(), i)));
      }
      return;
    default:
      NETFIT_UNREACHABLE();
  }
}

// A value over hundreds of samples is touched once, and a fault for each 4 KiB of it takes as long as computing it.
void ask_for_large_pages([[maybe_unused]] void* block, [[maybe_unused]] std::size_t size) {
#if defined(__linux__)
  constexpr std::uintptr_t kPage = 4096;
  constexpr std::size_t kLarge = std::size_t{16} << 20;
  if (size < kLarge) return;
  const std::uintptr_t start = (reinterpret_cast<std::uintptr_t>(block) + kPage - 1) / kPage * kPage;
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(block) + size;
  // Where the system has none, the pages stay as they are.
  static_cast<void>(madvise(reinterpret_cast<void*>(start), end - start, MADV_HUGEPAGE));
#endif
}

}  // namespace

// calloc takes large blocks as zero pages from the system, untouched: the constants of a graph without weights cost
// neither time nor resident memory until somebody reads them.
struct Tensor::Storage {
  explicit Storage(std::size_t byte_count) : size(byte_count) {
    std::size_t space = byte_count + kSlack + kAlignment - alignof(std::max_align_t);
    block = std::calloc(1, space);
    if (block == nullptr) throw std::bad_alloc();
    ask_for_large_pages(block, space);
    void* aligned = block;
    bytes = static_cast<std::byte*>(std::align(kAlignment, byte_count + kSlack, aligned, space));
  }
  ~Storage() { std::free(block); }
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;

  void* block;
  std::byte* bytes;
  std::size_t size;
};

Tensor::Tensor(DType dtype, Shape shape)
    : dtype_(dtype),
      shape_(std::move(shape)),
      storage_(std::make_shared<Storage>(static_cast<std::size_t>(bytes_for(dtype_, shape_.element_count())))) {}

Result<Tensor> Tensor::from_bytes(DType dtype, Shape shape, std::span<const std::byte> bytes) {
  const std::int64_t needed = bytes_for(dtype, shape.element_count());
  if (std::ssize(bytes) != needed) {
    return bad_input(fmt::format("{} bytes of data for a tensor {} of {}, which takes {}", bytes.size(), name(dtype),
                                 to_string(shape), needed));
  }
  Tensor tensor(dtype, std::move(shape));
  if (needed > 0) std::memcpy(tensor.storage_->bytes, bytes.data(), bytes.size());
  return tensor;
}

std::span<const std::byte> Tensor::bytes() const { return {storage_->bytes, storage_->size}; }

std::span<std::byte> Tensor::mutable_bytes() {
  if (storage_.use_count() > 1) {
    auto copy = std::make_shared<Storage>(storage_->size);
    if (storage_->size > 0) std::memcpy(copy->bytes, storage_->bytes, storage_->size);
    storage_ = std::move(copy);
  }
  return {storage_->bytes, storage_->size};
}

Tensor Tensor::reshaped(Shape shape) const {
  NETFIT_CHECK(shape.element_count() == element_count());
  Tensor tensor = *this;
  tensor.shape_ = std::move(shape);
  return tensor;
}

Tensor Tensor::slice(std::int64_t begin, std::int64_t end) const {
  NETFIT_CHECK(shape_.rank() > 0 && dtype_ != DType::Int4 && 0 <= begin && begin <= end && end <= shape_[0]);
  Tensor part(dtype_, shape_.with_dim(0, end - begin));
  const std::size_t row = shape_[0] == 0 ? 0 : storage_->size / static_cast<std::size_t>(shape_[0]);
  if (part.byte_count() > 0) {
    std::memcpy(part.storage_->bytes, storage_->bytes + row * static_cast<std::size_t>(begin), part.storage_->size);
  }
  return part;
}

bool operator==(const Tensor& a, const Tensor& b) {
  if (a.dtype_ != b.dtype_ || a.shape_ != b.shape_) return false;
  return a.storage_ == b.storage_ || std::memcmp(a.bytes().data(), b.bytes().data(), a.bytes().size()) == 0;
}

Tensor unpack_int4(const Tensor& packed) {
  NETFIT_CHECK(packed.dtype() == DType::Int4);
  Tensor unpacked(DType::Int8, packed.shape());
  std::span<std::int8_t> out = unpacked.mutable_data<std::int8_t>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<std::int8_t>(int4_at(packed.bytes(), static_cast<std::int64_t>(i)));
  }
  return unpacked;
}

Tensor pack_int4(const Tensor& unpacked) {
  Tensor packed(DType::Int4, unpacked.shape());
  const std::span<const std::int8_t> in = unpacked.data<std::int8_t>();
  std::span<std::byte> out = packed.mutable_bytes();
  for (std::size_t i = 0; i < in.size(); ++i) {
    NETFIT_CHECK(in[i] >= -8 && in[i] <= 7);
    out[i / 2] |= static_cast<std::byte>((in[i] & 0xf) << (i % 2 == 0 ? 0 : 4));
  }
  return packed;
}

Tensor transpose(const Tensor& source, std::span<const int> perm) {
  const Shape& from = source.shape();
  NETFIT_CHECK(source.dtype() != DType::Int4 && std::ssize(perm) == from.rank());
  std::vector<std::int64_t> dims;
  for (const int axis : perm) dims.push_back(from.dim(axis));
  Result<Shape> shape = Shape::create(dims);
  NETFIT_CHECK(shape.has_value());

  Tensor target(source.dtype(), *shape);
  const std::vector<std::int64_t> from_strides = strides(from);
  const auto width = static_cast<std::size_t>(bit_width(source.dtype()) / 8);
  const std::byte* in = source.bytes().data();
  std::byte* out = target.mutable_bytes().data();
  std::vector<std::int64_t> index(dims.size(), 0);
  for (std::int64_t i = 0; i < target.element_count(); ++i) {
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < index.size(); ++axis) {
      offset += index[axis] * from_strides[static_cast<std::size_t>(perm[axis])];
    }
    std::memcpy(out + static_cast<std::size_t>(i) * width, in + static_cast<std::size_t>(offset) * width, width);
    for (std::size_t axis = index.size(); axis-- > 0;) {
      if (++index[axis] < dims[axis]) break;
      index[axis] = 0;
    }
  }
  return target;
}

std::vector<double> to_doubles(const Tensor& tensor) {
  std::vector<double> out;
  out.reserve(static_cast<std::size_t>(tensor.element_count()));
  if (tensor.dtype() == DType::Float32) {
    widen<float>(tensor, out);
  } else if (tensor.dtype() == DType::Float16) {
    for (const Half half : tensor.data<Half>()) out.push_back(static_cast<double>(to_float(half)));
  } else {
    widen_integers(tensor, out);
  }
  return out;
}

std::vector<std::int64_t> to_int64s(const Tensor& tensor) {
  std::vector<std::int64_t> out;
  out.reserve(static_cast<std::size_t>(tensor.element_count()));
  widen_integers(tensor, out);
  return out;
}

}  // namespace netfit::tensor
