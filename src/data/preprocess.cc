// SPDX-License-Identifier: Apache-2.0
#include "data/preprocess.h"

#include <array>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tensor/fixed_point.h"
#include "tensor/half.h"

namespace netfit::data {
namespace {

constexpr int kPixelValues = 256;

std::string shape_text(const Shape& shape) { return fmt::format("[n,{}]", fmt::join(shape.dims().subspan(1), ",")); }

bool takes_raw_pixels(const ir::Value& value) {
  if (!value.quant || value.quant->is_per_channel()) return false;
  const bool byte = value.dtype == DType::Int8 || value.dtype == DType::UInt8;
  return byte && value.quant->scale() == 1.0F && value.quant->zero_point() == tensor::lowest(value.dtype);
}

Result<void> check_preprocessing(const ir::Preprocessing& preprocessing, std::int64_t channels) {
  const auto check = [&](std::string_view what, const std::vector<float>& numbers) -> Result<void> {
    if (numbers.size() != 1 && std::ssize(numbers) != channels) {
      return bad_input(fmt::format("preprocessing has {} numbers as {} (allowed: 1 or {}, the input's channels)",
                                   numbers.size(), what, channels));
    }
    for (const float number : numbers) {
      if (!std::isfinite(number) || (what == "std" && number == 0.0F)) {
        return bad_input(fmt::format("preprocessing has {} {} (allowed: finite{})", what, number,
                                     what == "std" ? " and not 0" : ""));
      }
    }
    return {};
  };
  NETFIT_TRY(check("mean", preprocessing.mean));
  NETFIT_TRY(check("std", preprocessing.std));
  if (!std::isfinite(preprocessing.scale)) {
    return bad_input(fmt::format("preprocessing has scale {} (allowed: finite)", preprocessing.scale));
  }
  return {};
}

Result<void> check_image_input(const ir::Value& input) {
  const bool image_like = input.shape.rank() == 4 && (input.shape[3] == 3 || input.shape[3] == 1);
  if (image_like && input.shape[1] > 0 && input.shape[2] > 0) return {};
  return bad_input(fmt::format("input '{}' is {}, which does not take images (allowed: [n,h,w,3] and [n,h,w,1])",
                               input.name, shape_text(input.shape)));
}

// The element that a real becomes in the input's type.
template <typename T>
T to_element(float real, const ir::Value& input) {
  if constexpr (std::is_same_v<T, float>) {
    return real;
  } else if constexpr (std::is_same_v<T, tensor::Half>) {
    return tensor::to_half(real);
  } else {
    const QuantParams quant = input.quant.value_or(QuantParams::per_tensor(1.0F, 0));
    return static_cast<T>(tensor::quantize(real, quant.scale(), quant.zero_point(),
                                           static_cast<std::int32_t>(tensor::lowest(input.dtype)),
                                           static_cast<std::int32_t>(tensor::highest(input.dtype))));
  }
}

// What each of the 256 pixel values becomes in channel `c` of the input.
template <typename T>
std::array<T, kPixelValues> make_table(const ir::Value& input, const ir::Preprocessing& preprocessing, std::size_t c) {
  const auto at = [c](const std::vector<float>& numbers) { return numbers[numbers.size() == 1 ? 0 : c]; };
  std::array<T, kPixelValues> table;
  for (int pixel = 0; pixel < kPixelValues; ++pixel) {
    const float scaled = static_cast<float>(pixel) * preprocessing.scale;
    table[static_cast<std::size_t>(pixel)] =
        to_element<T>((scaled - at(preprocessing.mean)) / at(preprocessing.std), input);
  }
  return table;
}

// The weights that Pillow uses for its mode L: BT.601 in 16-bit fixed point, rounded.
std::uint8_t to_grey(const std::uint8_t* rgb) {
  return static_cast<std::uint8_t>((rgb[0] * 19595U + rgb[1] * 38470U + rgb[2] * 7471U + 0x8000U) >> 16);
}

template <typename T>
Tensor apply(const Tensor& images, const ir::Value& input, const ir::Preprocessing& preprocessing) {
  const auto channels = static_cast<std::size_t>(input.shape[3]);
  std::vector<std::array<T, kPixelValues>> tables;
  for (std::size_t c = 0; c < channels; ++c) tables.push_back(make_table<T>(input, preprocessing, c));

  Tensor result(input.dtype, images.shape().with_dim(3, input.shape[3]));
  T* out = result.mutable_data<T>().data();
  const std::span<const std::uint8_t> pixels = images.data<std::uint8_t>();
  const bool swapped = preprocessing.order == ir::ColorOrder::Bgr;
  for (const std::uint8_t* rgb = pixels.data(); rgb != pixels.data() + pixels.size(); rgb += 3) {
    if (channels == 1) {
      *out++ = tables[0][to_grey(rgb)];
      continue;
    }
    for (std::size_t c = 0; c < 3; ++c) *out++ = tables[c][rgb[swapped ? 2 - c : c]];
  }
  return result;
}

Result<Tensor> quantize_samples(const Tensor& samples, const ir::Value& value) {
  const bool narrow = value.dtype == DType::Int8 || value.dtype == DType::UInt8 || value.dtype == DType::Int16;
  if (!narrow || value.quant->is_per_channel()) {
    return bad_input(
        fmt::format("float samples cannot be quantized for input '{}' of type {}", value.name, name(value.dtype)));
  }
  Tensor result(value.dtype, samples.shape());
  const auto convert = [&]<typename T>(std::span<T> out) {
    const std::span<const float> reals = samples.data<float>();
    for (std::size_t i = 0; i < reals.size(); ++i) out[i] = to_element<T>(reals[i], value);
  };
  if (value.dtype == DType::Int8) convert(result.mutable_data<std::int8_t>());
  if (value.dtype == DType::UInt8) convert(result.mutable_data<std::uint8_t>());
  if (value.dtype == DType::Int16) convert(result.mutable_data<std::int16_t>());
  return result;
}

// From the graph's axes to the file's: [n,h,w,c] has the channels at 1 there.
std::vector<int> to_channels_first(int rank) {
  std::vector<int> perm{0, rank - 1};
  for (int axis = 1; axis < rank - 1; ++axis) perm.push_back(axis);
  return perm;
}

std::vector<int> to_channels_last(int rank) {
  std::vector<int> perm{0};
  for (int axis = 2; axis < rank; ++axis) perm.push_back(axis);
  perm.push_back(1);
  return perm;
}

bool moves_axes(ir::Layout layout, int rank) { return layout == ir::Layout::ChannelsFirst && rank >= 3; }

// The shape that a file of that layout presents for a channels-last one.
Shape in_layout(const Shape& shape, ir::Layout layout) {
  if (!moves_axes(layout, shape.rank())) return shape;
  const std::vector<int> perm = to_channels_first(shape.rank());
  Shape moved = shape;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    moved = moved.with_dim(axis, shape[perm[static_cast<std::size_t>(axis)]]);
  }
  return moved;
}

// Whether `samples` [n, ...] are samples of `shape` [1, ...].
bool fits(const Shape& samples, const Shape& shape) {
  return shape.rank() > 0 && samples.rank() == shape.rank() && samples.with_dim(0, 1) == shape.with_dim(0, 1);
}

}  // namespace

Result<ChosenPreprocessing> choose_preprocessing(const ir::Graph& graph, const ir::GraphInput& input,
                                                 const std::optional<ir::Preprocessing>& users_word) {
  const ir::Value& value = graph.value(input.value);
  if (users_word) {
    const bool differs = input.preprocessing && *input.preprocessing != *users_word;
    return ChosenPreprocessing{*users_word, differs ? "--preprocess is used instead of the file's own record" : ""};
  }
  if (input.preprocessing) return ChosenPreprocessing{*input.preprocessing, ""};
  if (takes_raw_pixels(value)) {
    return ChosenPreprocessing{ir::Preprocessing{},
                               fmt::format("input '{}' spans 0 to 255 and takes raw pixels", value.name)};
  }
  return bad_usage(
      fmt::format("input '{}' has no preprocessing record (--preprocess gives one: cifar10, imagenet, "
                  "pixels, or a .toml file)",
                  value.name));
}

Result<Tensor> preprocess(const Tensor& images, const ir::Value& input, const ir::Preprocessing& preprocessing) {
  NETFIT_CHECK(images.dtype() == DType::UInt8 && images.shape().rank() == 4 && images.shape()[3] == 3);
  NETFIT_TRY(check_image_input(input));
  NETFIT_TRY(check_preprocessing(preprocessing, input.shape[3]));
  const Extent extent{input.shape[1], input.shape[2]};
  const std::vector<std::int64_t> dims{images.shape()[0], extent.height, extent.width, 3};
  NETFIT_TRY(Shape::create(dims));
  const Tensor fitting = resize(images, extent);
  switch (input.dtype) {
    case DType::Float32:
      return apply<float>(fitting, input, preprocessing);
    case DType::Float16:
      return apply<tensor::Half>(fitting, input, preprocessing);
    case DType::Int8:
      return apply<std::int8_t>(fitting, input, preprocessing);
    case DType::UInt8:
      return apply<std::uint8_t>(fitting, input, preprocessing);
    case DType::Int16:
      return apply<std::int16_t>(fitting, input, preprocessing);
    case DType::Int32:
      return apply<std::int32_t>(fitting, input, preprocessing);
    default:
      return bad_input(fmt::format("input '{}' is {}, which does not take images (allowed: f32, f16, i8, u8, i16, i32)",
                                   input.name, name(input.dtype)));
  }
}

Result<Tensor> adapt_tensors(const Tensor& samples, const ir::Graph& graph, const ir::GraphInput& input,
                             SampleForm form) {
  const ir::Value& value = graph.value(input.value);
  const Shape& given = samples.shape();
  const Shape own = in_layout(value.shape, input.layout);
  const ir::Layout other =
      input.layout == ir::Layout::ChannelsFirst ? ir::Layout::ChannelsLast : ir::Layout::ChannelsFirst;
  ir::Layout layout = input.layout;
  if (form == SampleForm::AnyVersion && !fits(given, own) && fits(given, in_layout(value.shape, other))) layout = other;
  if (!fits(given, in_layout(value.shape, layout))) {
    return bad_input(fmt::format("samples are [{}], but input '{}' takes {}", fmt::join(given.dims(), ","), value.name,
                                 own.rank() == 0 ? "a scalar" : shape_text(own)));
  }
  const bool quantizes = samples.dtype() == DType::Float32 && tensor::is_integer(value.dtype) && value.quant &&
                         form == SampleForm::AnyVersion;
  if (samples.dtype() != value.dtype && !quantizes) {
    return bad_input(
        fmt::format("samples are {}, but input '{}' takes {}", name(samples.dtype()), value.name, name(value.dtype)));
  }
  const Tensor typed = quantizes ? NETFIT_TRY(quantize_samples(samples, value)) : samples;
  const int rank = typed.shape().rank();
  return moves_axes(layout, rank) ? tensor::transpose(typed, to_channels_last(rank)) : typed;
}

Tensor to_file_layout(const Tensor& tensor, ir::Layout layout) {
  const int rank = tensor.shape().rank();
  return moves_axes(layout, rank) ? tensor::transpose(tensor, to_channels_first(rank)) : tensor;
}

}  // namespace netfit::data
