// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "formats/tflite/schema_generated.h"
#include "tensor/dtype.h"

// Every operator in a file has a version; a runtime refuses versions that it does not know. The rules and the releases
// are those of TensorFlow's converter (tools/versioning/op_version.cc and runtime_version.cc).
namespace netfit::formats::tflite {

/// What the version of an operator depends on.
struct OperatorTraits {
  DType data = DType::Float32;
  DType weights = DType::Float32;
  DType result = DType::Float32;
  int rank = 4;
  bool grouped = false;
  bool dilated = false;
  bool has_bias = true;
  bool keeps_rank = false;  ///< fully connected on more than a matrix
  bool broadcasts = false;
  bool scales_up = false;    ///< product of input scales is at least the result's
  bool per_channel = false;  ///< weights have a scale for each output channel
};

int op_version(schema::BuiltinOperator code, const OperatorTraits& traits);

/// The first TensorFlow release that runs this version, e.g. "1.14.0".
std::string_view first_release(schema::BuiltinOperator code, int version);

/// Whether release `a` is older than `b`.
bool is_older(std::string_view a, std::string_view b);

}  // namespace netfit::formats::tflite
