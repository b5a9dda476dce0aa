// SPDX-License-Identifier: Apache-2.0
#include "formats/tflite/op_versions.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"

namespace netfit::formats::tflite {
namespace {

using Code = schema::BuiltinOperator;

// Releases of versions 1, 2, ... of an operator; empty where the source that we know ends. Sorted by name.
struct VersionRow {
  Code code;
  std::array<std::string_view, 12> releases;
};
constexpr std::array kVersions{
    VersionRow{Code::ADD, {"1.5.0", "1.14.0", "2.4.0"}},
    VersionRow{Code::AVERAGE_POOL_2D, {"1.5.0", "1.14.0", "2.3.0"}},
    VersionRow{Code::CONCATENATION, {"1.5.0", "1.14.0", "2.3.0"}},
    VersionRow{Code::CONV_2D, {"1.5.0", "1.14.0", "1.14.0", "2.3.0", "2.4.0", "2.9.0", "2.11.0"}},
    VersionRow{Code::DEPTHWISE_CONV_2D, {"1.5.0", "1.12.0", "1.14.0", "2.2.0", "2.3.0", "2.3.0", "2.11.0"}},
    VersionRow{Code::DEQUANTIZE, {"1.13.1", "1.14.0", "1.15.0", "2.2.0", "2.7.0", "2.18.0"}},
    VersionRow{Code::DIV, {"1.6.0", "2.3.0"}},
    VersionRow{Code::FULLY_CONNECTED,
               {"1.5.0", "1.10.0", "1.14.0", "1.14.0", "2.0.0", "2.1.0", "2.3.0", "2.3.0", "2.3.0", "2.11.0", "2.15.0",
                "2.17.0"}},
    VersionRow{Code::HARD_SWISH, {"1.15.0"}},
    VersionRow{Code::LEAKY_RELU, {"1.13.1", "2.3.0"}},
    VersionRow{Code::LOGISTIC, {"1.14.0", "1.14.0", "2.3.0"}},
    VersionRow{Code::MAX_POOL_2D, {"1.5.0", "1.14.0", "2.3.0"}},
    VersionRow{Code::MEAN, {"1.6.0", "1.14.0", "2.4.0"}},
    VersionRow{Code::MUL, {"1.5.0", "1.14.0", "1.15.0", "2.3.0"}},
    VersionRow{Code::PAD, {"1.5.0", "1.14.0", "2.4.0", "2.6.0"}},
    VersionRow{Code::PADV2, {"1.9.0", "1.14.0", "2.4.0", "2.6.0"}},
    VersionRow{Code::QUANTIZE, {"1.14.0", "1.15.0"}},
    VersionRow{Code::RELU, {"1.5.0", "2.1.0", "2.5.0"}},
    VersionRow{Code::RELU6, {"1.5.0", "1.14.0", "2.5.0"}},
    VersionRow{Code::RELU_N1_TO_1, {"1.5.0"}},
    VersionRow{Code::RESHAPE, {"1.5.0"}},
    VersionRow{Code::SOFTMAX, {"1.5.0", "1.14.0", "2.3.0"}},
    VersionRow{Code::SUB, {"1.6.0", "1.14.0", "2.3.0", "2.4.0", "2.4.0"}},
    VersionRow{Code::TRANSPOSE, {"1.6.0", "1.14.0", "1.15.0", "2.3.0", "2.4.0", "2.12.0"}},
};

// Most operators: 1 for float, 2 for 8-bit, 3 for 16-bit data.
int by_type(DType dtype) { return dtype == DType::Int16 ? 3 : dtype == DType::Int8 ? 2 : 1; }

// Integer weights under float data.
bool is_hybrid(const OperatorTraits& traits) { return traits.data == DType::Float32 && traits.weights == DType::Int8; }

int conv_version(const OperatorTraits& traits) {
  if (traits.grouped) return 6;
  if (traits.data == DType::Int16) return 4;
  if (traits.data == DType::Int8) return traits.weights == DType::Int4 ? 7 : 3;
  if (is_hybrid(traits)) return traits.per_channel ? 5 : 2;
  return 1;
}

int depthwise_version(const OperatorTraits& traits) {
  if (traits.data == DType::Int16) return 5;
  // Int4 has version 7, but LiteRT lists its reference kernel, which computes int4 too, with versions up to 6 only.
  if (traits.data == DType::Int8) return traits.weights == DType::Int4 ? 6 : 3;
  if (is_hybrid(traits)) return traits.per_channel ? 6 : 4;
  return traits.dilated ? 2 : 1;
}

int fully_connected_version(const OperatorTraits& traits) {
  if (traits.data == DType::Int16) return 7;
  if (traits.weights == DType::Int4) return 10;
  // A runtime that quantizes the data in another way than the flag says came before version 9.
  if (is_hybrid(traits)) return traits.per_channel ? 12 : 9;
  if (!traits.has_bias) return 6;
  if (traits.keeps_rank) return 5;
  return traits.data == DType::Int8 ? 4 : 1;
}

int dequantize_version(const OperatorTraits& traits) {
  if (traits.data == DType::Int4) return 6;
  if (traits.data == DType::Float16) return 3;
  return traits.data == DType::Int8 && traits.per_channel ? 5 : by_type(traits.data);
}

int transpose_version(const OperatorTraits& traits) {
  if (traits.rank > 5) return 6;
  if (traits.data == DType::Int16) return 5;
  if (traits.rank > 4) return 4;
  return traits.data == DType::Int8 ? 2 : 1;
}

}  // namespace

int op_version(Code code, const OperatorTraits& traits) {
  switch (code) {
    case Code::CONV_2D:
      return conv_version(traits);
    case Code::DEPTHWISE_CONV_2D:
      return depthwise_version(traits);
    case Code::FULLY_CONNECTED:
      return fully_connected_version(traits);
    case Code::TRANSPOSE:
      return transpose_version(traits);
    case Code::MUL:
      if (traits.data == DType::Int16) return 4;
      return traits.scales_up ? 3 : by_type(traits.data);
    case Code::SUB:
      if (traits.data == DType::Int16) return 5;
      return traits.broadcasts && traits.rank > 4 ? 3 : by_type(traits.data);
    case Code::DIV:
      return traits.broadcasts && traits.rank > 4 ? 2 : 1;
    case Code::PAD:
    case Code::PADV2:
      return traits.rank > 4 ? 4 : by_type(traits.data);
    case Code::DEQUANTIZE:
      return dequantize_version(traits);
    case Code::LEAKY_RELU:
    case Code::QUANTIZE:
      return traits.result == DType::Int16 ? 2 : 1;
    case Code::HARD_SWISH:
    case Code::RELU_N1_TO_1:
    case Code::RESHAPE:
      return 1;
    default:
      return by_type(traits.data);
  }
}

std::string_view first_release(Code code, int version) {
  const auto* row = std::ranges::find(kVersions, code, &VersionRow::code);
  if (row == kVersions.end()) return "";
  return row->releases.at(static_cast<std::size_t>(version) - 1);
}

bool is_older(std::string_view a, std::string_view b) {
  const auto numbers = [](std::string_view release) {
    std::vector<int> result;
    for (const std::string& part : base::split(release, '.')) {
      result.push_back(0);
      std::from_chars(part.data(), part.data() + part.size(), result.back());
    }
    return result;
  };
  return numbers(a) < numbers(b);
}

}  // namespace netfit::formats::tflite
