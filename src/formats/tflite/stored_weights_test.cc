// SPDX-License-Identifier: Apache-2.0
// How weights in half precision and int8 weights under float data lie in a file.
#include <gtest/gtest.h>

#include "formats/tflite/model_file.h"
#include "formats/tflite/tflite.h"
#include "support/graph_text.h"

namespace netfit::formats::tflite {
namespace {

base::Bytes written(std::string_view text) {
  Result<base::Bytes> bytes = write(support::graph_of(text));
  EXPECT_TRUE(bytes) << bytes.error().text();
  return bytes.value_or(base::Bytes());
}

// "CONV_2D 5, ...": the operators of the file with their versions.
std::string operators(const ModelFile& file) {
  std::string text;
  for (const schema::OperatorCode* code : *file.model().operator_codes()) {
    text += std::string(schema::EnumNameBuiltinOperator(code->builtin_code())) + " " + std::to_string(code->version()) +
            "\n";
  }
  return text;
}

TEST(TfliteStoredWeights, OfHybridLayersHaveTheirVersionsAndTheFlag) {
  const base::Bytes bytes = written(R"(graph main(%x: f32[1,4,4,2]) -> (%y) {
    const @c: i8[3,1,1,2] q(axis=0, [0.1, 0.2, 0.3]) = random(1)
    const @d: i8[1,1,1,3] q(0.5, 0) = random(2)
    const @f: i8[5,48] q(0.25, 0) = random(3)
    %a = conv2d(%x, @c)
    %b = depthwise_conv2d(%a, @d)
    %r = reshape(%b) shape=[1,48]
    %y = fully_connected(%r, @f)
  })");
  const ModelFile file = *ModelFile::open(bytes);
  EXPECT_EQ(operators(file), "CONV_2D 5\nDEPTHWISE_CONV_2D 6\nRESHAPE 1\nFULLY_CONNECTED 9\n");
  const auto* last = file.subgraph().operators()->Get(3)->builtin_options_as<schema::FullyConnectedOptions>();
  EXPECT_TRUE(last->asymmetric_quantize_inputs());
  for (const schema::Tensor* tensor : *file.subgraph().tensors()) {
    if (tensor->name()->str() == "d") {
      // The runtime's depthwise kernel wants one for each channel.
      EXPECT_EQ(tensor->quantization()->scale()->size(), 3U);
    }
  }
}

TEST(TfliteStoredWeights, OfHalfPrecisionAreWidenedByAnOperatorAndHaveNoBatch) {
  const base::Bytes bytes = written(R"(graph main(%x: f32[1,4,4,2]) -> (%y) {
    const @h: f16[1,1,1,2] = [1, 2]
    %w = requantize(@h) to=f32
    %y = depthwise_conv2d(%x, %w)
  })");
  const ModelFile file = *ModelFile::open(bytes);
  EXPECT_EQ(operators(file), "DEQUANTIZE 3\nDEPTHWISE_CONV_2D 1\n");
  for (const schema::Tensor* tensor : *file.subgraph().tensors()) {
    const std::string name = tensor->name()->str();
    const bool has_batch = name == "x" || name == "y";
    EXPECT_EQ(tensor->shape_signature() != nullptr, has_batch) << name;
  }
}

}  // namespace
}  // namespace netfit::formats::tflite
