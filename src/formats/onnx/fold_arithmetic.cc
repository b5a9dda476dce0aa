// SPDX-License-Identifier: Apache-2.0
// Arithmetic on constants, as shape computations do it. Whole numbers that overflow are a fault, not a wrap.
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "formats/onnx/op_readers.h"
#include "formats/onnx/tensor_proto.h"

namespace netfit::formats::onnx {
namespace {

Result<std::int64_t> checked_add(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) return bad_input(fmt::format("{} + {} overflows", a, b));
  return result;
}
Result<std::int64_t> checked_sub(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_sub_overflow(a, b, &result)) return bad_input(fmt::format("{} - {} overflows", a, b));
  return result;
}
Result<std::int64_t> checked_mul(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return bad_input(fmt::format("{} * {} overflows", a, b));
  return result;
}
Result<std::int64_t> checked_div(std::int64_t a, std::int64_t b) {
  if (b == 0 || (b == -1 && a == std::numeric_limits<std::int64_t>::min())) {
    return bad_input(fmt::format("{} / {} has no result", a, b));
  }
  return a / b;
}

struct Arithmetic {
  Result<std::int64_t> (*whole)(std::int64_t, std::int64_t);
  float (*real)(float, float);
};

// Element of a broadcast operand for each element of the result.
class BroadcastIndex {
 public:
  BroadcastIndex(const Shape& operand, const Shape& result) : result_(result), step_(result_.dims().size(), 0) {
    const std::vector<std::int64_t> own = tensor::strides(operand);
    const std::size_t lead = step_.size() - own.size();
    for (std::size_t i = 0; i < own.size(); ++i) {
      if (operand[static_cast<int>(i)] != 1) step_[lead + i] = own[i];
    }
    all_ = tensor::strides(result);
  }
  std::size_t operator()(std::int64_t element) const {
    std::int64_t offset = 0;
    for (std::size_t axis = 0; axis < step_.size(); ++axis) {
      offset += element / all_[axis] % result_[static_cast<int>(axis)] * step_[axis];
    }
    return static_cast<std::size_t>(offset);
  }

 private:
  Shape result_;
  std::vector<std::int64_t> step_;
  std::vector<std::int64_t> all_;
};

Result<std::vector<std::int64_t>> combine_integers(const Tensor& a, const Tensor& b, const Shape& shape,
                                                   const Arithmetic& arithmetic) {
  const std::vector<std::int64_t> left = tensor::to_int64s(a);
  const std::vector<std::int64_t> right = tensor::to_int64s(b);
  const BroadcastIndex left_index(a.shape(), shape);
  const BroadcastIndex right_index(b.shape(), shape);
  std::vector<std::int64_t> result(static_cast<std::size_t>(shape.element_count()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto element = static_cast<std::int64_t>(i);
    result[i] = NETFIT_TRY(arithmetic.whole(left[left_index(element)], right[right_index(element)]));
  }
  return result;
}

Tensor combine_reals(const Tensor& a, const Tensor& b, const Shape& shape, const Arithmetic& arithmetic) {
  const BroadcastIndex left_index(a.shape(), shape);
  const BroadcastIndex right_index(b.shape(), shape);
  Tensor result(DType::Float32, shape);
  const std::span<float> out = result.mutable_data<float>();
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto element = static_cast<std::int64_t>(i);
    out[i] = arithmetic.real(a.data<float>()[left_index(element)], b.data<float>()[right_index(element)]);
  }
  return result;
}

Result<Tensor> narrowed(const std::vector<std::int64_t>& wide, Shape shape, DType dtype) {
  if (dtype == DType::Int64) return Tensor::from(std::move(shape), wide);
  std::vector<std::int32_t> narrow;
  for (const std::int64_t element : wide) {
    if (element < tensor::lowest(DType::Int32) || element > tensor::highest(DType::Int32)) {
      return bad_input(fmt::format("{} overflows i32", element));
    }
    narrow.push_back(static_cast<std::int32_t>(element));
  }
  return Tensor::from(std::move(shape), narrow);
}

Result<Constant> fold_binary(NodeReader& node, const Arithmetic& arithmetic) {
  NETFIT_TRY(node.expect_inputs(2));
  const Tensor& a = node.constant(0)->tensor;
  const Tensor& b = node.constant(1)->tensor;
  const DType dtype = a.dtype();
  if (b.dtype() != dtype || (dtype != DType::Float32 && dtype != DType::Int32 && dtype != DType::Int64)) {
    return bad_input(
        fmt::format("constants of types {} and {} are not supported (allowed: f32, i32, i64, both the same)",
                    name(dtype), name(b.dtype())));
  }
  const Shape shape = NETFIT_TRY(tensor::broadcast(a.shape(), b.shape()));
  NETFIT_TRY(node.spend(shape.element_count()));
  if (dtype == DType::Float32) {
    return Constant{.tensor = combine_reals(a, b, shape, arithmetic), .source = std::nullopt};
  }
  const std::vector<std::int64_t> result = NETFIT_TRY(combine_integers(a, b, shape, arithmetic));
  return Constant{.tensor = NETFIT_TRY(narrowed(result, shape, dtype)), .source = std::nullopt};
}

template <typename T>
Result<Tensor> cast_to(const Tensor& source) {
  std::vector<T> result;
  result.reserve(static_cast<std::size_t>(source.element_count()));
  if (source.dtype() != DType::Float32) {
    for (const std::int64_t element : tensor::to_int64s(source)) result.push_back(static_cast<T>(element));
    return Tensor::from(source.shape(), result);
  }
  for (const float element : source.data<float>()) {
    if constexpr (!std::is_same_v<T, float>) {
      // Beyond these the conversion has no defined result.
      constexpr float kLimit = 0x1p62F;
      if (!(std::fabs(element) < kLimit)) return bad_input(fmt::format("{} cannot become a whole number", element));
      result.push_back(static_cast<T>(static_cast<std::int64_t>(element)));
    } else {
      result.push_back(element);
    }
  }
  return Tensor::from(source.shape(), result);
}

Result<Tensor> cast_to_bool(const Tensor& source) {
  Tensor result(DType::Bool, source.shape());
  const std::vector<double> elements = tensor::to_doubles(source);
  for (std::size_t i = 0; i < elements.size(); ++i) result.mutable_data<bool>()[i] = elements[i] != 0;
  return result;
}

Result<Tensor> cast(const Tensor& source, std::int64_t to) {
  switch (static_cast<DataType>(to)) {
    case DataType::Float16:
    case DataType::Double:
    case DataType::Float:
      return cast_to<float>(source);
    case DataType::UInt8:
      return cast_to<std::uint8_t>(source);
    case DataType::Int8:
      return cast_to<std::int8_t>(source);
    case DataType::Int32:
      return cast_to<std::int32_t>(source);
    case DataType::Int64:
      return cast_to<std::int64_t>(source);
    case DataType::Bool:
      return cast_to_bool(source);
    default:
      return bad_input(fmt::format("cast to {} is not supported", data_type_name(static_cast<int>(to))));
  }
}

}  // namespace

Result<Constant> fold_add(NodeReader& node) {
  return fold_binary(node, {&checked_add, [](float a, float b) { return a + b; }});
}
Result<Constant> fold_div(NodeReader& node) {
  return fold_binary(node, {&checked_div, [](float a, float b) { return a / b; }});
}
Result<Constant> fold_mul(NodeReader& node) {
  return fold_binary(node, {&checked_mul, [](float a, float b) { return a * b; }});
}
Result<Constant> fold_sub(NodeReader& node) {
  return fold_binary(node, {&checked_sub, [](float a, float b) { return a - b; }});
}

Result<Constant> fold_cast(NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(1));
  const Tensor& source = node.constant(0)->tensor;
  NETFIT_TRY(node.spend(source.element_count()));
  const std::int64_t to = NETFIT_TRY(node.integer("to", 0));
  return Constant{.tensor = NETFIT_TRY(cast(source, to)), .source = std::nullopt};
}

Result<Constant> fold_range(NodeReader& node) {
  NETFIT_TRY(node.expect_inputs(3));
  const double start = *NETFIT_TRY(node.constant_number(0, "start"));
  const double limit = *NETFIT_TRY(node.constant_number(1, "limit"));
  const double delta = *NETFIT_TRY(node.constant_number(2, "delta"));
  const DType dtype = node.constant(0)->tensor.dtype();
  if (dtype != DType::Int64 && dtype != DType::Int32) {
    return bad_input(fmt::format("a range of {} is not supported (allowed: i32, i64)", name(dtype)));
  }
  const double count = std::ceil((limit - start) / delta);
  constexpr double kMost = 1e6;
  if (delta == 0 || !(count < kMost)) return bad_input(fmt::format("a range of {} elements is not supported", count));
  std::vector<std::int64_t> elements;
  for (double i = 0; i < count; ++i) elements.push_back(static_cast<std::int64_t>(start + i * delta));
  NETFIT_TRY(node.spend(std::ssize(elements)));
  const Shape shape{std::ssize(elements)};
  return Constant{.tensor = NETFIT_TRY(narrowed(elements, shape, dtype)), .source = std::nullopt};
}

}  // namespace netfit::formats::onnx
