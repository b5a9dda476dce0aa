// SPDX-License-Identifier: Apache-2.0
#include <set>

#include <gtest/gtest.h>

#include "formats/tflite/labels_zip.h"
#include "formats/tflite/metadata_generated.h"
#include "formats/tflite/model_file.h"
#include "formats/tflite/tflite.h"
#include "ir/printer.h"
#include "support/graph_text.h"

namespace netfit::formats::tflite {
namespace {

using support::graph_of;

base::Bytes written(std::string_view text) {
  Result<base::Bytes> bytes = write(graph_of(text));
  EXPECT_TRUE(bytes) << bytes.error().text();
  return bytes.value_or(base::Bytes());
}

std::string read_back(std::string_view text) {
  const Result<ir::Graph> graph = read(written(text));
  return graph ? ir::print(*graph, ir::Constants::Elided) : graph.error().text();
}

std::string refusal(std::string_view text) {
  const Result<base::Bytes> bytes = write(graph_of(text));
  return bytes ? "written" : bytes.error().text();
}

TEST(TfliteWriter, MakesAnOperatorOfAPaddingThatIsNotSame) {
  // SAME would put the odd pixel behind; frameworks that pad by one on each side put it in front.
  EXPECT_EQ(read_back(R"(graph main(%x: f32[1,4,4,1]) -> (%y) {
      const @w: f32[1,3,3,1] = random(1)
      const @b: f32[1] = [1]
      %y = conv2d(%x, @w, @b) stride=2x2 padding=1,0,1,0
    })"),
            "graph main(%x: f32[1,4,4,1]) -> (%y) {\n"
            "  const @w: f32[1,3,3,1] = ...\n"
            "  const @b: f32[1] = ...\n"
            "  %y/padded: f32[1,5,5,1] = pad(%x) before=[0,1,1,0] after=[0,0,0,0]\n"
            "  %y: f32[1,2,2,1] = conv2d(%y/padded, @w, @b) stride=2x2\n"
            "}\n");
}

TEST(TfliteWriter, PadsAMaximumWithTheLeastNumber) {
  EXPECT_EQ(read_back(R"(graph main(%x: i8[1,4,4,1] q(0.5, 3)) -> (%y) {
      %y = max_pool2d(%x) window=3x3 stride=2x2 padding=1,0,1,0
    })"),
            "graph main(%x: i8[1,4,4,1] q(0.5, 3)) -> (%y) {\n"
            "  %y/padded: i8[1,5,5,1] q(0.5, 3) = pad(%x) before=[0,1,1,0] after=[0,0,0,0] value=-65.5\n"
            "  %y: i8[1,2,2,1] q(0.5, 3) = max_pool2d(%y/padded) window=3x3 stride=2x2\n"
            "}\n");
}

TEST(TfliteWriter, RefusesEveryNodeWithoutOperatorAtOnce) {
  EXPECT_EQ(
      refusal(R"(graph main(%x: f32[1,4,4,1]) -> (%z) {
      const @c: f32[1] = [1]
      %n = batch_norm(%x, @c, @c, @c, @c)
      %r = relu(%n)
      %h = hard_sigmoid(%r)
      %z = average_pool2d(%h) window=3x3 stride=2x2 padding=1,0,1,0
    })"),
      "batch_norm 'n': error: TensorFlow Lite has no operator for it\n"
      "hard_sigmoid 'h': error: TensorFlow Lite has no operator for it\n"
      "average_pool2d 'z': error: padding 1,0,1,0 is neither SAME nor VALID, and TensorFlow Lite has no other for "
      "a mean");
}

TEST(TfliteWriter, GivesAConvolutionWithoutBiasOneOfZeros) {
  EXPECT_EQ(ir::print(*read(written(R"(graph main(%x: i8[1,4,4,2] q(0.5, 3)) -> (%y) {
      const @w: i8[2,1,1,2] q(axis=0, [0.25, 0.5]) = [1, 2, 3, 4]
      %y: q(2, 1) = conv2d(%x, @w)
    })"))),
            "graph main(%x: i8[1,4,4,2] q(0.5, 3)) -> (%y) {\n"
            "  const @w: i8[2,1,1,2] q(axis=0, [0.25, 0.5]) = [1, 2, 3, 4]\n"
            "  const @y/bias: i32[2] q(axis=0, [0.125, 0.25]) = [0, 0]\n"
            "  %y: i8[1,4,4,2] q(2, 1) = conv2d(%x, @w, @y/bias)\n"
            "}\n");
}

TEST(TfliteWriter, RefusesIntegerDivision) {
  EXPECT_EQ(refusal(R"(graph main(%x: i8[1,4] q(0.5)) -> (%y) {
      %y: q(0.5) = div(%x, %x)
    })"),
            "div 'y': error: TensorFlow Lite does not divide in i8 (allowed: f32)");
}

TEST(TfliteWriter, RefusesAClassNameWithALineBreak) {
  EXPECT_EQ(refusal(R"(graph main(%x: f32[1,2]) -> (%y) {
      class_names ["a\x0ab", "c"]
      %y = relu(%x)
    })"),
            "error: class name 'a\\x0ab' has a line break, which the labels file cannot hold");
}

constexpr const char* kTwoConvolutions = R"(graph main(%x: i8[1,4,4,2] q(0.5, -3)) -> (%y) {
  const @w: i8[2,1,1,2] q(axis=0, [0.25, 0.5]) = random(1)
  const @b: i32[2] = [1, 2]
  const @v: i8[2,1,1,2] q(axis=0, [0.125, 0.5]) = random(1)
  const @c: i32[2] q(axis=0, [0.125, 0.5]) = [1, 2]
  %a: q(1, 7) = conv2d(%x, @w, @b)
  %y: q(2, 0) = conv2d(%a, @v, @c)
})";

TEST(TfliteWriter, SharesEqualZeroPointsAndBuffers) {
  const base::Bytes bytes = written(kTwoConvolutions);
  const ModelFile file = *ModelFile::open(bytes);
  std::set<const void*> zeros;
  std::set<std::uint32_t> buffers;
  for (const schema::Tensor* tensor : *file.subgraph().tensors()) {
    if (tensor->quantization() != nullptr && tensor->quantization()->zero_point()->size() == 2) {
      zeros.insert(tensor->quantization()->zero_point());
    }
    if (tensor->buffer() != 0) buffers.insert(tensor->buffer());
  }
  EXPECT_EQ(zeros.size(), 1U);    // of both weights and both biases
  EXPECT_EQ(buffers.size(), 2U);  // equal weights and equal biases
}

TEST(TfliteWriter, GivesEveryBiasParametersThatFollowFromDataAndWeights) {
  const base::Bytes bytes = written(kTwoConvolutions);
  const ModelFile file = *ModelFile::open(bytes);
  for (const schema::Tensor* tensor : *file.subgraph().tensors()) {
    if (text(tensor->name()) != "b") continue;
    const std::span<const float> scales = elements(tensor->quantization()->scale());
    EXPECT_EQ(std::vector<float>(scales.begin(), scales.end()), (std::vector<float>{0.125F, 0.25F}));
    EXPECT_EQ(tensor->quantization()->quantized_dimension(), 0);
  }
}

TEST(TfliteWriter, LetsTheBatchOfActivationsBeResized) {
  const base::Bytes bytes = written(R"(graph main(%x: f32[1,2,2]) -> (%y) { %y = reshape(%x) shape=[1,4] })");
  const ModelFile file = *ModelFile::open(bytes);
  const schema::Tensor& input = *file.subgraph().tensors()->Get(0);
  const std::span<const std::int32_t> signature = elements(input.shape_signature());
  EXPECT_EQ(std::vector<std::int32_t>(signature.begin(), signature.end()), (std::vector<std::int32_t>{-1, 2, 2}));
  const auto* options = file.subgraph().operators()->Get(0)->builtin_options_as<schema::ReshapeOptions>();
  EXPECT_EQ(options->new_shape()->Get(0), -1);
}

TEST(TfliteWriter, SaysWhichRuntimeTheFileNeeds) {
  const base::Bytes bytes = written(kTwoConvolutions);
  const ModelFile file = *ModelFile::open(bytes);
  EXPECT_EQ(file.model().operator_codes()->Get(0)->version(), 3);
  const auto release = **file.metadata("min_runtime_version");
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(release.data()), release.size()),
            std::string_view("1.14.0\0\0\0\0\0\0\0\0\0\0", 16));
}

constexpr const char* kClassifier = R"(graph main(%x: f32[1,4,4,3]) -> (%y) {
  preprocess %x scale=0.5 mean=[1, 2, 3] std=[0.25, 0.5, 1] order=rgb
  class_names ["cat", "dog", "cow"]
  %y = mean(%x) axes=[1,2]
})";

TEST(TfliteWriter, DescribesItselfInThePublicMetadata) {
  const base::Bytes bytes = written(kClassifier);
  const ModelFile file = *ModelFile::open(bytes);
  const auto entry = **file.metadata("TFLITE_METADATA");
  const auto* subgraph = metadata::GetModelMetadata(entry.data())->subgraph_metadata()->Get(0);
  const auto* input = subgraph->input_tensor_metadata()->Get(0);
  const auto* image = input->content()->content_properties_as_ImageProperties();
  ASSERT_NE(image, nullptr);
  EXPECT_EQ(image->color_space(), metadata::ColorSpaceType::RGB);
  const auto* options = input->process_units()->Get(0)->options_as_NormalizationOptions();
  const std::span<const float> mean = elements(options->mean());
  const std::span<const float> std = elements(options->std());
  EXPECT_EQ(std::vector<float>(mean.begin(), mean.end()), (std::vector<float>{2, 4, 6}));
  EXPECT_EQ(std::vector<float>(std.begin(), std.end()), (std::vector<float>{0.5F, 1, 2}));
  const auto* labels = subgraph->output_tensor_metadata()->Get(0)->associated_files()->Get(0);
  EXPECT_EQ(*read_member(bytes, text(labels->name())), "cat\ndog\ncow\n");
}

TEST(LabelsZip, FindsTheMemberBehindOtherBytesAndNoOther) {
  base::Bytes file(100, std::byte{7});
  append_member(file, "labels.txt", "one\ntwo\n");
  EXPECT_EQ(*read_member(file, "labels.txt"), "one\ntwo\n");
  EXPECT_EQ(read_member(file, "label.txt").error().text(), "error: the attached file 'label.txt' is missing");
  file.resize(file.size() - 30);
  EXPECT_FALSE(read_member(file, "labels.txt"));
}

}  // namespace
}  // namespace netfit::formats::tflite
